/* walk_batch_64.h - template: 64 walks under way. */
#define WALK_BATCH 64
#include "walk_batch_template.h"
