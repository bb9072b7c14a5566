import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** C programs for tests, compiled by the host's compiler where it has one. */

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

/** Why nothing can be compiled here, or undefined where it can. */
export const noCompiler = has('gcc') && has('ld') ? undefined : 'there is no C compiler here';
/** Why nothing can be compared with what binutils read. */
export const noBinutils = has('objdump') && has('readelf') ? undefined : 'there is no objdump here';

/** A kernel without a library, that begins at `_start`. */
const FREESTANDING = [
  '-ffreestanding',
  '-fno-pie',
  '-no-pie',
  '-nostdlib',
  '-static',
  '-mno-red-zone',
  '-mgeneral-regs-only',
  '-fno-stack-protector',
  '-fcf-protection=none',
  '-Wl,-Ttext=0x100000,--build-id=none,-z,noexecstack',
];

/** An ELF executable in a folder that `drop` takes away. */
export interface Compiled {
  readonly bytes: Uint8Array;
  readonly path: string;
  /** Of the source, as the debug information calls it. */
  readonly source: string;
  drop(): void;
}

/** Compiles one file. */
export function compileC(source: string, flags: readonly string[] = []): Compiled {
  const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  const [file, path] = [join(folder, 'kernel.c'), join(folder, 'kernel.elf')];
  writeFileSync(file, source);
  execFileSync('gcc', [...FREESTANDING, ...flags, '-o', path, 'kernel.c'], { cwd: folder });
  return {
    bytes: new Uint8Array(readFileSync(path)),
    path,
    source: file,
    drop: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** What a tool of binutils says of an image. */
export const told = (tool: string, ...args: string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });

/** A program with something of everything that a debugger shows. */
export const KERNEL = `typedef unsigned long u64;
struct node {
  struct node *next;
  int value;
  unsigned flag : 3, rest : 5;
  char name[8];
};
enum colour { RED, GREEN = 5 };
static __attribute__((noinline)) int twice(int n) {
  int result = n * 2;
  return result;
}
volatile int total;
enum colour colour = GREEN;
static struct node second = { 0, 7, 2, 9, "two" }, first = { &second, 5, 1, 3, "one" };
static __attribute__((noinline)) int sum(const struct node *list) {
  int all = 0;
  for (const struct node *p = list; p; p = p->next)
    all += twice(p->value);
  return all;
}
void kmain(void) {
  int buf[3] = { 1, 2, 3 };
  total = sum(&first) + buf[1];
  colour = RED;
  total++;
  __asm__ volatile ("cli; hlt");
}
char stack[4096];
__attribute__((naked)) void _start(void) {
  __asm__("mov $stack+4096, %esp; call kmain");
}
`;
