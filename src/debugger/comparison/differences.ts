import { gprName } from '../../isa/registers/general';
import { Msr } from '../../isa/registers/msr';
import { SEG_NAMES } from '../../isa/registers/segment';
import { VIDEO_AND_ROM } from '../../isa/physical-addresses';
import type { Outcome } from '../../session';
import type { ExitNames, Technique } from '../techniques';
import type { Subject } from './subject';

/** The first item of a kind in which a guest is not as it is on the bare computer. */
export type Difference =
  | {
      readonly kind: 'end';
      readonly bare: Outcome | undefined;
      readonly found: Outcome | undefined;
      /** What the technique calls exits. */
      readonly names: ExitNames;
    }
  /** A byte of what it printed; undefined where one has printed no more. */
  | {
      readonly kind: 'output';
      readonly offset: number;
      readonly bare: number | undefined;
      readonly found: number | undefined;
    }
  | {
      readonly kind: 'register';
      readonly name: string;
      readonly bare: bigint;
      readonly found: bigint;
    }
  | {
      readonly kind: 'memory';
      readonly address: number;
      readonly bare: number;
      readonly found: number;
    };

/** How a guest's end and what it leaves behind differ from those on the bare computer: the first of each kind. */
export function differences(subject: Subject, bare: Subject): Difference[] {
  const found = [end(subject, bare), output(subject, bare)];
  if (ended(subject) && ended(bare)) found.push(register(subject, bare), memory(subject, bare));
  return found.filter((difference) => difference !== undefined);
}

/** At the limit two guests are hardly at the same place of their time. */
const ended = ({ outcome }: Subject): boolean => outcome !== undefined;

function end(subject: Subject, bare: Subject): Difference | undefined {
  const same = endKey(subject.outcome) === endKey(bare.outcome);
  if (same) return undefined;
  const { outcome: found, technique } = subject;
  return { kind: 'end', bare: bare.outcome, found, names: technique.exits };
}

function endKey(outcome: Outcome | undefined): string {
  if (outcome?.kind === 'exit-device') return `${outcome.kind} ${String(outcome.value)}`;
  return outcome?.kind ?? '';
}

/** While one of them goes on, what it has yet to print is no difference. */
function output(subject: Subject, bare: Subject): Difference | undefined {
  const [found, expected] = [subject.output, bare.output];
  const length = Math.max(ended(subject) ? expected.length : 0, ended(bare) ? found.length : 0);
  const both = Math.min(found.length, expected.length);
  for (let offset = 0; offset < Math.max(both, length); offset++) {
    if (found[offset] !== expected[offset]) {
      return { kind: 'output', offset, bare: expected[offset], found: found[offset] };
    }
  }
  return undefined;
}

/** Where a VM exit ends the guest, in the middle of an instruction, RIP is still before it: it is not compared. */
function register(subject: Subject, bare: Subject): Difference | undefined {
  const held = { ...bare.technique.heldBits, ...subject.technique.heldBits };
  const expected = registersOf(bare.technique, held);
  for (const [name, found] of registersOf(subject.technique, held)) {
    const value = expected.get(name) ?? 0n;
    if (value !== found) return { kind: 'register', name, bare: value, found };
  }
  return undefined;
}

const MSRS: readonly (readonly [name: string, number: number])[] = [
  ['efer', Msr.EFER],
  ['star', Msr.STAR],
  ['lstar', Msr.LSTAR],
  ['fmask', Msr.FMASK],
  ['kernel_gs_base', Msr.KERNEL_GS_BASE],
];

function registersOf(
  { guest }: Technique,
  held: Readonly<Record<number, bigint>>,
): Map<string, bigint> {
  const registers = generalRegisters(guest);
  registers.delete('rip');
  for (const number of [0, 2, 3, 4, 8]) {
    const bits = guest.controlRegister(number) & ~(held[number] ?? 0n);
    registers.set(`cr${String(number)}`, bits);
  }
  SEG_NAMES.forEach((name, index) => {
    registers.set(name.toLowerCase(), BigInt(guest.segment(index).selector));
  });
  for (const [name, number] of MSRS) registers.set(name, guest.msr(number) ?? 0n);
  for (const unit of guest.units.inUse()) registers.set(unit.name, guest.units.read(unit));
  return registers;
}

/** What instructions change all the time. */
export function generalRegisters(guest: Technique['guest']): Map<string, bigint> {
  const registers = new Map<string, bigint>();
  for (let index = 0; index < 16; index++) registers.set(gprName(index, 64), guest.gpr(index));
  registers.set('rip', guest.rip);
  registers.set('rflags', guest.rflags);
  return registers;
}

const BLOCK = 1 << 16;

/** RAM, but for what video memory and ROM cover. */
function memory(subject: Subject, bare: Subject): Difference | undefined {
  const { memory: size } = subject.experiment;
  for (let first = 0; first < size; first += BLOCK) {
    if (first >= VIDEO_AND_ROM.first && first < VIDEO_AND_ROM.end) continue;
    const length = Math.min(BLOCK, size - first);
    const [expected, found] = [ram(bare, first, length), ram(subject, first, length)];
    const at = found.findIndex((byte, n) => byte !== expected[n]);
    if (at < 0) continue;
    const [was, is] = [expected[at] ?? 0, found[at] ?? 0];
    return { kind: 'memory', address: first + at, bare: was, found: is };
  }
  return undefined;
}

function ram({ machine: { vm, computer } }: Subject, first: number, length: number): Uint8Array {
  return vm
    ? vm.guestMemory.readBytes(BigInt(first), length)
    : computer.memory.readBytes(first, length);
}
