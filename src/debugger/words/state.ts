import * as l10n from '@vscode/l10n';
import { setBits, type BitTable } from '../../isa/bits';
import { labelled, withNote } from '../../isa/phrases';
import { CR0, CR4, EFER } from '../../isa/registers/control';
import { RFLAGS } from '../../isa/registers/flags';
import { gprName } from '../../isa/registers/general';
import { Msr } from '../../isa/registers/msr';
import { SEG_NAMES } from '../../isa/registers/segment';
import { LiveRegisters, modeOf, type Registers } from '../registers/registers';
import { whereIs, whereText } from '../places/where';
import type { Target } from '../target';

/**
 * The state of a guest as a text, line by line, so that two of them can be compared side by side: where it stands, its
 * registers as it believes them, and those that the processor has.
 *
 * @param facts what else is to be said of the place, as pairs
 * @param deed what becomes of the next instruction, where it is known
 */
export function stateText(
  target: Target,
  facts: readonly (readonly [name: string, value: string])[],
  deed: readonly string[],
): string {
  const { guest, memory, programs, firmware, cpu } = target;
  const where = whereIs({ registers: guest, memory, known: { programs, firmware } });
  const all = [
    ...facts,
    [l10n.t('instruction'), whereText(where)] as const,
    [l10n.t('privilege, as the guest believes'), modeText(guest)] as const,
  ].map(([name, value]) => labelled(name, value));
  const live = new LiveRegisters(cpu);
  return [
    ...all,
    ...(deed.length > 0
      ? [section(l10n.t('What becomes of this instruction'), deed.map(indented))]
      : []),
    section(l10n.t('Registers as the guest believes them'), registerLines(guest)),
    section(l10n.t('Registers as the processor has them'), [
      labelled(l10n.t('privilege'), modeText(live)),
      ...registerLines(live),
    ]),
    '',
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): string =>
  ['', title, ...lines].join('\n');

function modeText(registers: Registers): string {
  const { ring, bits } = modeOf(registers);
  return l10n.t('ring {0}, code of {1} bits', ring, bits);
}

function registerLines(registers: Registers): string[] {
  const general = Array.from({ length: 16 }, (_, n) => line(gprName(n, 64), registers.gpr(n)));
  return [
    ...general,
    line('rip', registers.rip),
    line('rflags', registers.rflags, RFLAGS),
    ...SEG_NAMES.map((name, n) => segmentLine(name.toLowerCase(), registers.segment(n))),
    tableLine('gdtr', registers.gdtr),
    tableLine('idtr', registers.idtr),
    line('cr0', registers.controlRegister(0), CR0),
    line('cr2', registers.controlRegister(2)),
    line('cr3', registers.controlRegister(3)),
    line('cr4', registers.controlRegister(4), CR4),
    line('cr8', registers.controlRegister(8)),
    line('efer', registers.msr(Msr.EFER) ?? 0n, EFER),
  ];
}

const indented = (text: string): string => `  ${text}`;

const NAME = 8;
const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

const line = (name: string, value: bigint, bits?: BitTable): string =>
  `  ${name.padEnd(NAME)}${withNote(hex(value), bits ? setBits(bits, value).join(' ') : '')}`;

function segmentLine(
  name: string,
  { selector, base, limit, accessRights }: ReturnType<Registers['segment']>,
): string {
  const parts = [hex(selector), hex(base), hex(limit), hex(accessRights)];
  return `  ${name.padEnd(NAME)}${parts.join('  ')}`;
}

const tableLine = (name: string, { base, limit }: Registers['gdtr']): string =>
  `  ${name.padEnd(NAME)}${hex(base)}  ${hex(limit)}`;
