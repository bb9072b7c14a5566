import { SEG_NAMES } from '../isa/registers/segment';
import { gprName } from '../isa/registers/general';
import { Msr } from '../isa/registers/msr';
import type { Where } from '../debugger/places/where';
import type { Registers } from '../debugger/registers/registers';
import type { Technique } from '../debugger/techniques';
import { holeOf, STOP } from '../debugger/words/report-names';
import type { CountedHole, Machine, Outcome } from '../session';
import type { Trouble } from './trouble';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** One of the guests of a run. */
export interface WatchedGuest {
  readonly name: string;
  readonly number: number;
  readonly technique: Technique;
  readonly exits: ReadonlyMap<number, number>;
}

/** What there is to report of a run. */
export interface Run {
  readonly machine: Machine;
  readonly technique: Technique;
  /** VM exits by basic reason. */
  readonly exits: ReadonlyMap<number, number>;
  /** Instructions that should have come to the monitor, and did not. */
  readonly holes: readonly CountedHole[];
  /** How often the monitor has refused something of each kind. */
  readonly refused: ReadonlyMap<string, number>;
  readonly outcome: Outcome;
  readonly trouble: Trouble;
  /** All of them, the first one too. */
  readonly guests: readonly WatchedGuest[];
}

/** The JSON that `run --json` writes. */
export function report({
  machine,
  technique,
  exits,
  holes,
  refused,
  outcome,
  trouble,
  guests,
}: Run): string {
  const { processor } = machine.computer;
  return JSON.stringify(
    {
      stop: STOP[outcome.kind],
      ...(outcome.kind === 'exit-device' && { value: outcome.value }),
      ...(trouble.text !== undefined && { message: trouble.text }),
      place: placeOf(trouble.place),
      ...(trouble.faults.length > 0 && { faults: trouble.faults }),
      instructions: processor.retired,
      cycles: processor.retired + (machine.vm?.monitor.cycles ?? 0),
      exits: exitsOf({ technique, exits }),
      ...(holes.length > 0 && { holes: holes.map(holeOf) }),
      ...(refused.size > 0 && { refused: Object.fromEntries(refused) }),
      unclaimedPorts: Object.fromEntries(
        [...machine.platform.ports.unclaimed].map(([port, counted]) => [hex(port), counted]),
      ),
      registers: registersOf(technique.guest),
      ...(guests.length > 1 && { guests: guests.map((each) => guestOf(machine, each)) }),
      ...hostOf(machine),
      stateHash: machine.stateHash,
    },
    undefined,
    2,
  );
}

const exitsOf = ({ technique, exits }: Pick<WatchedGuest, 'technique' | 'exits'>) =>
  Object.fromEntries([...exits].map(([reason, count]) => [technique.exits.id(reason), count]));

/** Of several guests each: 'running' is one that had not ended. */
function guestOf(machine: Machine, guest: WatchedGuest): object {
  const end = machine.endOf(guest.number);
  return {
    name: guest.name,
    stop: end ? STOP[end.kind] : 'running',
    ...(end?.kind === 'exit-device' && { value: end.value }),
    exits: exitsOf(guest),
    registers: registersOf(guest.technique.guest),
  };
}

/** How the host's kernel got along with the memory that it has; nothing where there is no host. */
function hostOf({ vms }: Machine): object {
  const { kernel } = vms ?? {};
  if (!kernel) return {};
  return { host: { memory: kernel.size, ...kernel.counts, swappedPages: kernel.swap.used } };
}

const placeOf = (place: Where) => ({ ...place, address: hex(place.address) });

/** The guest's registers, on whichever side of a VM exit the run ended. */
function registersOf(guest: Registers): Record<string, string> {
  const general = Array.from({ length: 16 }, (_, index) => [
    gprName(index, 64),
    hex(guest.gpr(index)),
  ]);
  const selectors = SEG_NAMES.map((name, index) => [
    name.toLowerCase(),
    hex(guest.segment(index).selector),
  ]);
  return {
    ...(Object.fromEntries(general) as Record<string, string>),
    rip: hex(guest.rip),
    rflags: hex(guest.rflags),
    cr0: hex(guest.controlRegister(0)),
    cr2: hex(guest.controlRegister(2)),
    cr3: hex(guest.controlRegister(3)),
    cr4: hex(guest.controlRegister(4)),
    efer: hex(guest.msr(Msr.EFER) ?? 0n),
    ...(Object.fromEntries(selectors) as Record<string, string>),
    ...unitsOf(guest),
  };
}

/** The x87 and vector registers that are not as they initially are. */
function unitsOf({ units }: Registers): Record<string, string> {
  const used = units.inUse().map((register) => [register.name, hex(units.read(register))]);
  return Object.fromEntries(used) as Record<string, string>;
}
