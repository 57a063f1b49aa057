/* walk_batch_4.h - template: 4 walks under way. */
#define WALK_BATCH 4
#include "walk_batch_template.h"
