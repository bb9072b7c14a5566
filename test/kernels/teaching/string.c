/* string.c: functions of memory, by the string instructions. gcc calls them of its own accord. */

#include "kernel.h"

void *memset(void *to, int value, u32 count)
{
    void *at = to;
    __asm__ volatile("cld; rep stosb" : "+D"(at), "+c"(count) : "a"(value) : "memory");
    return to;
}

void *memcpy(void *to, const void *from, u32 count)
{
    void *at = to;
    __asm__ volatile("cld; rep movsb" : "+D"(at), "+S"(from), "+c"(count) : : "memory");
    return to;
}

int memcmp(const void *one, const void *other, u32 count)
{
    const u8 *a = one, *b = other;
    for (; count > 0; a++, b++, count--)
        if (*a != *b)
            return *a - *b;
    return 0;
}
