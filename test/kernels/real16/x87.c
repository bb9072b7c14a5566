/* x87.c: arithmetic in the 80-bit registers of the x87, as gcc makes it with -mfpmath=387. */

#include "program.h"

#define SINGLE 0x007f /* the control word: all exceptions masked, precision of 24 bits */
#define DOUBLE 0x027f
#define EXTENDED 0x037f
#define INVALID 1
#define DIVIDED_BY_ZERO 4
#define INEXACT 0x20

static volatile long double zero = 0, one = 1, three = 3, seven = 7;

static void set_control(u16 word)
{
    __asm__ volatile("fldcw %0" : : "m"(word) : "memory");
}

static u16 status(void)
{
    u16 word;
    __asm__ volatile("fnstsw %0" : "=a"(word) : : "memory");
    return word;
}

static long double divide(u16 control, long double by)
{
    volatile long double quotient;
    set_control(control);
    quotient = one / by;
    set_control(EXTENDED);
    return quotient;
}

static long double arctangent_of_inverse(long double x)
{
    long double power = 1 / x, sum = power;
    for (int n = 3; n < 70; n += 2) {
        power = -power / (x * x);
        sum += power / n;
    }
    return sum;
}

static long double exponential(long double x)
{
    long double term = 1, sum = 1;
    for (int n = 1; n < 50; n++) {
        term = term * x / n;
        sum += term;
    }
    return sum;
}

static int near(long double value, long double other)
{
    long double distance = value - other;
    return distance < 1e-15L && distance > -1e-15L;
}

static void check_functions(void)
{
    long double sine, cosine, tangent, angle, logarithm, constant_pi;
    __asm__("fldpi" : "=t"(constant_pi));
    __asm__("fsincos" : "=t"(cosine), "=u"(sine) : "0"(constant_pi / 6));
    __asm__("fptan; fstp %%st(0)" : "=t"(tangent) : "0"(constant_pi / 4));
    __asm__("fpatan" : "=t"(angle) : "0"(one), "u"(one) : "st(1)");
    __asm__("fyl2x" : "=t"(logarithm) : "0"(one * 1024), "u"(one) : "st(1)");
    check(near(sine, 0.5L) && near(cosine * cosine, 0.75L) && near(tangent, 1),
          "sine, cosine, tangent");
    check(near(angle * 4, constant_pi) && logarithm == 10, "arctangent and logarithm");

    long double rest, rounded, scaled, significand, exponent;
    __asm__("fprem" : "=t"(rest) : "0"(one * 1000), "u"(seven));
    __asm__("frndint" : "=t"(rounded) : "0"(one * 2.5L));
    __asm__("fscale" : "=t"(scaled) : "0"(three), "u"(one * -4));
    __asm__("fxtract" : "=t"(significand), "=u"(exponent) : "0"(one * 40));
    check(rest == 6 && rounded == 2 && scaled == 0.1875L, "remainder, rounding to even, scaling");
    check(significand == 1.25L && exponent == 5, "a number taken apart");
}

void x87(void)
{
    __asm__ volatile("fninit");
    print_long_double("1/3", divide(EXTENDED, three));
    print_long_double("1/3 as a double", divide(DOUBLE, three));
    print_long_double("1/3 as a single", divide(SINGLE, three));
    print_long_double("pi", 16 * arctangent_of_inverse(5 * one) -
                                4 * arctangent_of_inverse(239 * one));
    print_long_double("e", exponential(one));
    print_long_double("e^-9", exponential(-9 * one));
    print_long_double("root of 7", __builtin_sqrtl(seven));
    print_long_double("2^63 + 1", one * 9223372036854775809ull);
    print_long_double("-1/7^20", ({
        long double power = -1;
        for (int n = 0; n < 20; n++)
            power /= seven;
        power;
    }));
    check_functions();

    __asm__ volatile("fnclex");
    volatile long double quotient = one / zero;
    int divided = (status() & 0x3f) == DIVIDED_BY_ZERO;
    quotient = quotient * 0 + one / three; /* infinity * 0 is invalid */
    check(divided && (status() & 0x3f) == (DIVIDED_BY_ZERO | INVALID | INEXACT),
          "the status word tells all");
    __asm__ volatile("fninit");
}
