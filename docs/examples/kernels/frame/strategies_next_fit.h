#include "next_fit.h"
#define STRATEGY next_fit
#include STRATEGY_TEMPLATE
#undef STRATEGY
