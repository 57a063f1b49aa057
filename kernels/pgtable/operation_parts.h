/* operation_parts.h - template: what is done to one FORMAT's address spaces. */
#include "normal_page.h"
#include "split_huge_page.h"
#include "follow_page.h"
#include "follow_page_2_6_11.h"
#include "zap.h"
#include "fork.h"
#include "wp_page.h"
