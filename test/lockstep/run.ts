import { WideRflags } from '../../src/isa/registers/flags';
import { COMPARED, type Peer } from './peer';
import { differences, type Difference, type Registers } from './registers';
import { Ringside, type Next } from './ringside';

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

/** Runs it from 0000:7C00 on both until it writes to the exit device. */
export async function compareRun(peer: Peer, program: Uint8Array): Promise<Outcome> {
  const ours = new Ringside(program, peer);
  let before = await begin(peer, ours, program);
  for (let steps = 0; steps < LONGEST; steps++) {
    const next = ours.next();
    ours.step();
    if (ours.shutDown) return { steps, trouble: describe(peer, before, next, []) };
    if (ours.ended) return { steps, ...(await memoryTrouble(peer, ours)) };
    await peer.step();
    const after = await settle(peer, ours, before, next);
    const found = differences(after, ours.registers(), mask(next, peer), ours.wide).filter(
      ({ register }) => !peer.silent.has(register),
    );
    if (found.length > 0) return { steps, trouble: describe(peer, before, next, found) };
    adopt(ours, after);
    before = after;
  }
  return { steps: LONGEST, trouble: 'no end' };
}

/** What RESET leaves in the registers is the model's own matter: the peer's. */
async function begin(peer: Peer, ours: Ringside, program: Uint8Array): Promise<Registers> {
  await peer.load(program);
  const registers = await peer.registers();
  ours.adopt(registers);
  return registers;
}

/** A repeated instruction is one step here and many there, or the other way round. */
async function settle(
  peer: Peer,
  ours: Ringside,
  before: Registers,
  next: Next,
): Promise<Registers> {
  let theirs = await peer.registers();
  if (ours.breakpointDue && theirs.rip !== ours.registers().rip) ours.step();
  if (!peer.trapsAtOnce && !/\brep/.test(next.text) && theirs.rip !== ours.registers().rip) {
    await peer.step(); // the delivery of a trap, which was a part of our step
    return peer.registers();
  }
  const stays = (registers: Registers): boolean => registers.rip === before.rip;
  if (!/\brep/.test(next.text)) {
    if (!stays(theirs) || stays(ours.registers())) return theirs;
    // After a breakpoint on data QEMU stops once more at the handler.
    await peer.step();
    return peer.registers();
  }
  for (let n = 0; n < ROUNDS && stays(ours.registers()); n++) ours.step();
  for (let n = 0; n < ROUNDS && stays(theirs); n++) {
    await peer.step();
    theirs = await peer.registers();
  }
  return theirs;
}

const mask = (next: Next, { pushesResumeFlag }: Peer): bigint =>
  next.undefinedFlags | (pushesResumeFlag ? 0n : WideRflags.RF);

/** Flags that may differ are from now on as theirs, or they would be different all the time. */
function adopt(ours: Ringside, theirs: Registers): void {
  const { state } = ours.processor;
  if (state.rflags !== theirs.rflags) state.rflags = theirs.rflags;
}

function describe(peer: Peer, before: Registers, next: Next, found: readonly Difference[]): string {
  const hex = (value: bigint): string => value.toString(16);
  const lines = found.map(
    ({ register, theirs, ours }) =>
      `    ${register}: ${peer.name} ${hex(theirs)}, Ringside ${hex(ours)}`,
  );
  return [`different after ${hex(before.cs)}:${hex(before.rip)} ${next.text}`, ...lines].join('\n');
}

async function memoryTrouble(peer: Peer, ours: Ringside): Promise<{ trouble?: string }> {
  if (((await peer.registers()).cr0 & (1n << 31n)) !== 0n) return {};
  const theirs = await peer.readMemory(COMPARED.first, COMPARED.end - COMPARED.first);
  const mine = ours.machine.computer.memory.readBytes(
    COMPARED.first,
    COMPARED.end - COMPARED.first,
  );
  for (let at = 0; at < theirs.length; at++) {
    const different = (theirs[at] ?? 0) ^ (mine[at] ?? 0);
    // The third byte of an image of RFLAGS has RF.
    if (different === 0 || different === 1) continue;
    const place = (COMPARED.first + at).toString(16);
    return {
      trouble: `memory at ${place}: ${peer.name} ${String(theirs[at])}, Ringside ${String(mine[at])}`,
    };
  }
  return {};
}
