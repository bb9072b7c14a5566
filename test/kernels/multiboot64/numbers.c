/* numbers.c: floating-point and packed arithmetic, as gcc makes it with -O2 -msse2. */

#include "kernel.h"

typedef double packed_double __attribute__((vector_size(16)));
typedef u32 packed_word __attribute__((vector_size(16)));

/* The compiler must not compute at build time what the processor is to compute. */
static volatile double zero = 0, one = 1, two = 2, three = 3, huge = 1.7976931348623157e308;

#define ROUND_NEAREST 0x1f80
#define ROUND_DOWN 0x3f80
#define ROUND_UP 0x5f80

static void set_mxcsr(u32 value)
{
    __asm__ volatile("ldmxcsr %0" : : "m"(value) : "memory");
}

static u32 get_mxcsr(void)
{
    u32 value;
    __asm__ volatile("stmxcsr %0" : "=m"(value) : : "memory");
    return value;
}

static double arctangent_of_inverse(double x)
{
    double power = 1 / x, sum = power;
    for (int n = 3; n < 60; n += 2) {
        power = -power / (x * x);
        sum += power / n;
    }
    return sum;
}

static double exponential(double x)
{
    double term = 1, sum = 1;
    for (int n = 1; n < 40; n++) {
        term = term * x / n;
        sum += term;
    }
    return sum;
}

/* Two sums in one register: of odd and of even terms. */
static double harmonic(int terms)
{
    packed_double n = { 1, 2 }, step = { 2, 2 }, ones = { 1, 1 }, sum = { 0, 0 };
    for (int at = 0; at < terms; at += 2) {
        sum += ones / n;
        n += step;
    }
    return sum[0] + sum[1];
}

void numbers(void)
{
    volatile float single = 0.1f;
    volatile double negative = -2.75, large = 9.3e18;
    volatile long long whole = 9007199254740993ll;
    volatile int small = -123456789;

    set_mxcsr(ROUND_NEAREST);
    print_double("1/10 + 2/10", one / 10 + two / 10);
    print_double("1/3", one / three);
    print_double("root of 2", __builtin_sqrt(two));
    print_double("pi", 16 * arctangent_of_inverse(5 * one) - 4 * arctangent_of_inverse(239 * one));
    print_double("e", exponential(one));
    print_double("e^-5", exponential(-5 * one));
    print_double("harmonic(100000)", harmonic(100000));
    print_double("single 1/10", single);
    print_double("single 16777217", (float)(16777217 * one));
    print_double("largest", huge);
    print_double("largest * 2", huge * two);
    print_double("smallest", 4.9406564584124654e-324 * one);
    print_double("a denormal", 2.2250738585072014e-308 / three);
    print_double("-1/largest", -one / huge);
    print_double("-0", -zero);
    print_double("0/0", zero / zero);
    print_double("2^53 + 1", whole);
    print_double("-123456789", small);
    print("  -2.75 cut off = %d\n", (int)negative);
    print("  9.3e18 unsigned = %lu\n", (unsigned long)(u64)large);

    /* Through a volatile variable, so that the compiler divides where it is written. */
    volatile double quotient;
    set_mxcsr(ROUND_DOWN);
    quotient = one / three;
    double low = quotient;
    set_mxcsr(ROUND_UP);
    quotient = one / three;
    double high = quotient;
    set_mxcsr(ROUND_NEAREST);
    print_double("1/3 up - 1/3 down", high - low);

    quotient = one / zero;
    int divided = get_mxcsr() == (ROUND_NEAREST | 4);
    quotient = one / three;
    check(divided && get_mxcsr() == (ROUND_NEAREST | 0x24),
          "MXCSR tells of a division by 0, and of rounding");
    set_mxcsr(ROUND_NEAREST);
}

/* ---------------------------------------------------------------- the module */

#define MOST 64

static double parse(const char **text, const char *end)
{
    const char *at = *text;
    int negative = *at == '-', scale = 0, exponent = 0;
    double value = 0;
    at += negative;
    for (int point = 0; at < end && ((*at >= '0' && *at <= '9') || *at == '.'); at++) {
        if (*at == '.') {
            point = 1;
        } else {
            value = value * 10 + (*at - '0');
            scale += point;
        }
    }
    if (at < end && *at == 'e')
        for (at++; at < end && *at >= '0' && *at <= '9'; at++)
            exponent = exponent * 10 + *at - '0';
    double power = 1;
    for (int left = exponent > scale ? exponent - scale : scale - exponent; left > 0; left--)
        power *= 10;
    while (at < end && (*at == '\n' || *at == '\r'))
        at++;
    *text = at;
    value = exponent > scale ? value * power : value / power;
    return negative ? -value : value;
}

/* Four sums of FNV-1a side by side, each over every fourth byte. */
static void print_sums(const char *text, u64 size)
{
    packed_word sums = { 0x811c9dc5, 0x811c9dc5, 0x811c9dc5, 0x811c9dc5 };
    for (u64 at = 0; at + 4 <= size; at += 4) {
        packed_word bytes = { (u8)text[at], (u8)text[at + 1], (u8)text[at + 2], (u8)text[at + 3] };
        sums = (sums ^ bytes) * 0x01000193;
    }
    print("  sums: %x %x %x %x\n", sums[0], sums[1], sums[2], sums[3]);
}

void statistics(const char *text, u64 size)
{
    static double values[MOST];
    int count = 0;
    double sum = 0, squares = 0, least, most;
    for (const char *end = text + size; text < end && count < MOST; count++)
        values[count] = parse(&text, end);
    least = most = values[0];
    for (int at = 0; at < count; at++) {
        sum += values[at];
        least = values[at] < least ? values[at] : least;
        most = values[at] > most ? values[at] : most;
    }
    double mean = sum / count;
    for (int at = 0; at < count; at++)
        squares += (values[at] - mean) * (values[at] - mean);
    print("  %d measurements\n", count);
    print_double("least", least);
    print_double("most", most);
    print_double("mean", mean);
    print_double("deviation", __builtin_sqrt(squares / (count - 1)));
    print_sums(text - size, size);
}

/* ---------------------------------------------------------------- threads */

#define PREEMPTIONS 6

static struct job {
    u32 mxcsr;
    double in_x87, result;
    u32 rounds, wrong;
} jobs[2] = { { ROUND_DOWN, 3.25, 0, 0, 0 }, { ROUND_UP, -1024.5, 0, 0, 0 } };

static double __attribute__((noinline)) integral(void)
{
    packed_double x = { 0.5, 1.5 }, step = { 2, 2 }, sum = { 0, 0 }, width = { 0.001, 0.001 };
    packed_double four = { 4, 4 }, ones = { 1, 1 };
    x *= one;
    for (int at = 0; at < 1000; at += 2, x += step) {
        packed_double place = x * width;
        sum += four / (ones + place * place);
    }
    return (sum[0] + sum[1]) / 1000;
}

static int same(double a, double b)
{
    return !(a < b) && !(a > b);
}

/* A way of rounding, a number in x87 and numbers in XMM registers: all of them are the thread's. */
static void run_job(void *argument)
{
    struct job *job = argument;
    set_mxcsr(job->mxcsr);
    __asm__ volatile("fldl %0" : : "m"(job->in_x87));
    while (*(volatile u64 *)&preemptions < PREEMPTIONS || job->rounds == 0) {
        job->wrong += !same(integral(), job->result);
        job->rounds++;
    }
    double kept;
    __asm__ volatile("fstpl %0" : "=m"(kept));
    job->wrong += !same(kept, job->in_x87) || (get_mxcsr() & ~0x3f) != job->mxcsr;
}

void check_threads(void)
{
    for (int at = 0; at < 2; at++) {
        set_mxcsr(jobs[at].mxcsr);
        jobs[at].result = integral();
    }
    set_mxcsr(ROUND_NEAREST);
    print_double("rounded down", jobs[0].result);
    print_double("rounded up", jobs[1].result);
    preemptions = 0;
    thread_new(run_job, &jobs[0]);
    thread_new(run_job, &jobs[1]);
    run_threads();
    check(preemptions >= PREEMPTIONS && jobs[0].rounds > 0 && jobs[1].rounds > 0,
          "the timer has taken turns with two threads");
    check(jobs[0].wrong == 0 && jobs[1].wrong == 0, "each has kept its registers");
    check((get_mxcsr() & ~0x3f) == ROUND_NEAREST, "and so has who started them");
}
