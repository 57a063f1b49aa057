/* space_parts.h - template: what code over one FORMAT is made of. */
#include "mm_template.h"
#include "walk_template.h"
#include "census_template.h"
