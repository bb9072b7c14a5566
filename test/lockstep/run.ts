import { WideRflags } from '../../src/isa/registers/flags';
import type { Qemu } from './qemu';
import { differences, type Difference, type Registers } from './registers';
import { PROGRAM, Ringside, type Next } from './ringside';

/** What became of a program. */
export interface Outcome {
  readonly steps: number;
  /** The first difference, with the instruction that made it. */
  readonly trouble?: string;
}

/** Programs are short; whatever goes on for longer has lost its way. */
const LONGEST = 50_000;
/** Rounds of a repeated instruction: QEMU makes a step of each, and one more. */
const ROUNDS = 5000;
/** Memory that is the same on both sides at the start, and compared at the end. */
const LAST = 0x9_0000;
const FIRST = 0x500;

/** Runs it from 0000:7C00 on both until it writes to the exit device. */
export async function compareRun(qemu: Qemu, program: Uint8Array): Promise<Outcome> {
  const ours = new Ringside(program);
  await begin(qemu, ours, program);
  let before = await qemu.registers();
  for (let steps = 0; steps < LONGEST; steps++) {
    const next = ours.next();
    ours.step();
    if (ours.shutDown) return { steps, trouble: describe(before, next, []) };
    if (ours.ended) return { steps, ...(await memoryTrouble(qemu, ours)) };
    await qemu.step();
    const after = await settle(qemu, ours, before, next);
    const found = differences(after, ours.registers(), mask(next), ours.wide);
    if (found.length > 0) return { steps, trouble: describe(before, next, found) };
    adopt(ours, after);
    before = after;
  }
  return { steps: LONGEST, trouble: 'no end' };
}

async function begin(qemu: Qemu, ours: Ringside, program: Uint8Array): Promise<void> {
  await qemu.reset();
  const memory = new Uint8Array(LAST);
  memory.set(program, PROGRAM);
  await qemu.writeMemory(0, memory);
  await qemu.step();
  const { state } = ours.processor;
  state.cr0 = (await qemu.registers()).cr0;
  for (const name of ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp'] as const) {
    await qemu.set(name, ours.registers()[name]);
  }
  await qemu.set('rflags', 2n);
}

/** A repeated instruction is one step here and many there, or the other way round. */
async function settle(
  qemu: Qemu,
  ours: Ringside,
  before: Registers,
  next: Next,
): Promise<Registers> {
  let theirs = await qemu.registers();
  if (ours.breakpointDue && theirs.rip !== ours.registers().rip) ours.step();
  const stays = (registers: Registers): boolean => registers.rip === before.rip;
  if (!/\brep/.test(next.text)) {
    if (!stays(theirs) || stays(ours.registers())) return theirs;
    // After a breakpoint on data QEMU stops once more at the handler.
    await qemu.step();
    return qemu.registers();
  }
  for (let n = 0; n < ROUNDS && stays(ours.registers()); n++) ours.step();
  for (let n = 0; n < ROUNDS && stays(theirs); n++) {
    await qemu.step();
    theirs = await qemu.registers();
  }
  return theirs;
}

/** RF: TCG never sets it. */
const mask = (next: Next): bigint => next.undefinedFlags | WideRflags.RF;

/** Flags that may differ are from now on as theirs, or they would be different all the time. */
function adopt(ours: Ringside, theirs: Registers): void {
  const { state } = ours.processor;
  if (state.rflags !== theirs.rflags) state.rflags = theirs.rflags;
}

function describe(before: Registers, next: Next, found: readonly Difference[]): string {
  const hex = (value: bigint): string => value.toString(16);
  const lines = found.map(
    ({ register, theirs, ours }) => `    ${register}: QEMU ${hex(theirs)}, Ringside ${hex(ours)}`,
  );
  return [`different after ${hex(before.cs)}:${hex(before.rip)} ${next.text}`, ...lines].join('\n');
}

async function memoryTrouble(qemu: Qemu, ours: Ringside): Promise<{ trouble?: string }> {
  if (((await qemu.registers()).cr0 & (1n << 31n)) !== 0n) return {};
  const theirs = await qemu.readMemory(FIRST, LAST - FIRST);
  const mine = ours.machine.computer.memory.readBytes(FIRST, LAST - FIRST);
  for (let at = 0; at < theirs.length; at++) {
    const different = (theirs[at] ?? 0) ^ (mine[at] ?? 0);
    // The third byte of an image of RFLAGS has RF.
    if (different === 0 || different === 1) continue;
    const place = (FIRST + at).toString(16);
    return {
      trouble: `memory at ${place}: QEMU ${String(theirs[at])}, Ringside ${String(mine[at])}`,
    };
  }
  return {};
}
