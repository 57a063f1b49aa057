/* pair.h - one strategy over one format, and the template at hand over both. */
#ifndef KMB_PGTABLE_STRATEGIES
#include STRATEGY_HEADER
#endif
#include STRATEGY_TEMPLATE
