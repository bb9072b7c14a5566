/* decimal.c: a double in 17 digits, every one of them right, as JavaScript's toExponential(16) has
 * it: m * 2^e is a whole number divided by a power of 10, and whole numbers can be exact. */

#include "kernel.h"

#define DIGITS 17
#define BASE 1000000000u
#define WORDS 90 /* 5^1074 * 2^53 has 767 digits */

static u32 words[WORDS]; /* the least significant comes first */
static u32 used;

static void multiply(u32 factor)
{
    u64 carry = 0;
    for (u32 at = 0; at < used; at++) {
        carry += (u64)words[at] * factor;
        words[at] = carry % BASE;
        carry /= BASE;
    }
    if (carry)
        words[used++] = carry;
}

static void print_digits(int exponent_of_10)
{
    static char digits[WORDS * 9];
    u32 count = 0, first = 0;
    for (u32 at = used; at > 0; at--)
        for (u32 unit = BASE / 10; unit > 0; unit /= 10)
            digits[count++] = words[at - 1] / unit % 10;
    while (digits[first] == 0)
        first++;
    const char *kept = digits + first;
    u32 available = count - first;
    int exponent = exponent_of_10 + (int)available - 1;

    /* Round half to even: half is a 5 and then nothing but zeroes. */
    u64 value = 0;
    for (u32 at = 0; at < DIGITS; at++)
        value = value * 10 + (at < available ? kept[at] : 0);
    if (available > DIGITS) {
        int more = 0;
        for (u32 at = DIGITS + 1; at < available; at++)
            more |= kept[at];
        if (kept[DIGITS] > 5 || (kept[DIGITS] == 5 && (more || (value & 1))))
            value++;
    }
    if (value == 100000000000000000ull) {
        value /= 10;
        exponent++;
    }
    print("%lu.", (unsigned long)(value / 10000000000000000ull));
    for (u64 unit = 1000000000000000ull; unit > 0; unit /= 10)
        print("%u", (u32)(value / unit % 10));
    print("e%s%d\n", exponent < 0 ? "" : "+", exponent);
}

void print_double(const char *name, double value)
{
    union {
        double value;
        u64 bits;
    } number = { value };
    u64 fraction = number.bits & 0xfffffffffffffull;
    int exponent = number.bits >> 52 & 0x7ff;
    print("  %s = %s", name, number.bits >> 63 ? "-" : "");
    if (exponent == 0x7ff) {
        print(fraction ? "not a number\n" : "infinity\n");
        return;
    }
    if (exponent)
        fraction |= 1ull << 52;
    else
        exponent = 1;
    if (!fraction) {
        print("0\n");
        return;
    }
    exponent -= 1075;
    for (used = 0; fraction; fraction /= BASE)
        words[used++] = fraction % BASE;
    /* m / 2^n is m * 5^n / 10^n. */
    for (int left = exponent; left > 0; left--)
        multiply(2);
    for (int left = exponent; left < 0; left++)
        multiply(5);
    print_digits(exponent < 0 ? exponent : 0);
}
