/* err.h - an error in a pointer: the last page of addresses is nobody's. */
#ifndef KMB_ERR_H
#define KMB_ERR_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"

#define MAX_ERRNO 4095

/* `error` is -errno. */
forceinline void *ERR_PTR(long error)
{
	return (void *)(intptr_t)error;
}

forceinline long PTR_ERR(const void *ptr)
{
	return (long)(intptr_t)ptr;
}

forceinline bool IS_ERR(const void *ptr)
{
	return (uintptr_t)ptr >= (uintptr_t)-MAX_ERRNO;
}

#endif
