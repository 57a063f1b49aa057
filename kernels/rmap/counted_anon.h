/* counted_anon.h - template: anonymous pages are counted as any others are. */
#include "counted_pages.h"

forceinline void S(page_add_anon)(struct S(rmap) * r, unsigned cpu,
				  struct page *page, struct S(vma) * vma,
				  uint64_t addr, x86_64_pte_t *ptep)
{
	S(page_dup)(r, cpu, page, vma, addr, ptep);
}

forceinline void S(page_add_new_anon)(struct S(rmap) * r, unsigned cpu,
				      struct page *page, struct S(vma) * vma,
				      uint64_t addr, x86_64_pte_t *ptep)
{
	S(page_dup)(r, cpu, page, vma, addr, ptep);
}
