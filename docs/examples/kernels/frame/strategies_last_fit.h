#include "last_fit.h"
#define STRATEGY last_fit
#include STRATEGY_TEMPLATE
#undef STRATEGY
