/* walk_batch_16.h - template: 16 walks under way. */
#define WALK_BATCH 16
#include "walk_batch_template.h"
