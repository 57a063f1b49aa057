/* strategies.h - every strategy of the family clear, in one list. */
#include "null.h"
#define STRATEGY null
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "floor.h"
#define STRATEGY floor
#include STRATEGY_TEMPLATE
#undef STRATEGY

#include "words.h"
#define STRATEGY words
#include STRATEGY_TEMPLATE
#undef STRATEGY
