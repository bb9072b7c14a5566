/* process.c: processes in ring 3, each with an address space and a kernel stack. The scheduler is
 * a loop on the kernel's first stack; processes switch to it, and it to them. */

#include "kernel.h"

#define PROGRAM 0x400000u
#define SHARED 0x10000000u
#define SOFTWARE_SHARED 0x200
#define PROCESSES 4

extern u8 _binary_user_bin_start[], _binary_user_bin_end[];
extern void switch_stacks(u32 *save_esp, u32 load_esp);
extern void trap_return(void);
extern page_table kernel_directory;

static struct process processes[PROCESSES];
static u32 scheduler_esp;
struct process *current;

/* A process that will run the program. It learns its number in EAX. */
struct process *process_new(void *shared)
{
    static u32 last_id;
    struct process *new = processes;
    while (new->state != FREE)
        if (++new == processes + PROCESSES)
            panic("no room for a process");
    memset(new, 0, sizeof *new);
    new->id = ++last_id;
    new->directory = space_new();
    new->stack = page_new();
    for (u8 *from = _binary_user_bin_start; from < _binary_user_bin_end; from += PAGE) {
        u32 left = _binary_user_bin_end - from;
        void *page = page_new();
        memcpy(page, from, left < PAGE ? left : PAGE);
        map(new->directory, PROGRAM + (from - _binary_user_bin_start), page, PTE_W | PTE_U);
    }
    if (shared)
        map(new->directory, SHARED, shared, PTE_W | PTE_U | SOFTWARE_SHARED);

    struct frame *frame = (struct frame *)(new->stack + PAGE) - 1;
    frame->eax = new->id;
    frame->cs = USER_CODE;
    frame->ds = frame->es = frame->ss = USER_DATA;
    frame->eip = PROGRAM;
    frame->esp = KERNEL_BASE;
    frame->eflags = FLAGS_IF;
    /* What switch_stacks takes from the stack: four registers, and where to go on. */
    u32 *saved = (u32 *)frame - 5;
    saved[4] = (u32)trap_return;
    new->saved_esp = (u32)saved;
    new->state = READY;
    return new;
}

static void leave(enum state state)
{
    current->state = state;
    switch_stacks(&current->saved_esp, scheduler_esp);
}

void yield(void)
{
    leave(READY);
}

void sleep_on(const volatile void *what)
{
    current->waits_for = what;
    leave(SLEEPING);
}

void wake(const volatile void *what)
{
    for (struct process *each = processes; each < processes + PROCESSES; each++)
        if (each->state == SLEEPING && each->waits_for == what)
            each->state = READY;
}

void process_end(int status)
{
    current->status = status;
    leave(ENDED);
    panic("a process came back");
}

void process_free(struct process *process)
{
    space_free(process->directory);
    page_free(process->stack);
    process->state = FREE;
}

/* Runs processes, each in its turn, until all have ended. */
void run_processes(void)
{
    int asleep;
    do {
        int ran = 0;
        asleep = 0;
        for (struct process *next = processes; next < processes + PROCESSES; next++) {
            asleep |= next->state == SLEEPING;
            if (next->state != READY)
                continue;
            ran = 1;
            asleep = 1;
            current = next;
            next->state = RUNNING;
            set_kernel_stack((u32)next->stack + PAGE);
            space_enter(next->directory);
            switch_stacks(&scheduler_esp, next->saved_esp);
            space_enter(kernel_directory);
            current = 0;
        }
        if (!ran && asleep)
            wait_for_interrupt();
    } while (asleep);
}
