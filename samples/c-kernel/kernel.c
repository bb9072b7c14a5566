/* c-kernel: tasks that take turns, in C. The way here is in boot.asm. */

typedef unsigned char u8;
typedef unsigned short u16;

void outb(u16 port, u8 value); /* boot.asm */

enum state { READY, RUNNING, DONE };

struct task {
  const char *name;
  enum state state;
  unsigned left : 4;  /* turns that it still wants */
  unsigned taken : 4; /* and has had */
  struct task *next;
};

static struct task c = {"reader", READY, 1, 0, 0};
static struct task b = {"writer", READY, 3, 0, &c};
static struct task a = {"idler", READY, 2, 0, &b};

int turns;

static void print(const char *text) {
  while (*text)
    outb(0x3f8, *text++);
}

static struct task *next_of(struct task *task) {
  struct task *next = task;
  do
    next = next->next ? next->next : &a;
  while (next->state == DONE && next != task);
  return next;
}

static void run(struct task *task) {
  task->state = RUNNING;
  task->left--;
  task->taken++;
  turns++;
  print(task->name);
  print(task->left ? ", " : " (done), ");
  task->state = task->left ? READY : DONE;
}

int kmain(void) {
  struct task *task = &a;
  while (task->state != DONE) {
    run(task);
    task = next_of(task);
  }
  print("and that was all\n");
  return turns;
}
