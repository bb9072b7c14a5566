import * as l10n from '@vscode/l10n';
import type { BitTable } from '../../isa/bits';
import { CR0, CR3, CR4, CR8 } from '../../isa/registers/control';
import { DR6, DR7 } from '../../isa/registers/debug';
import {
  Gpr,
  GPR_NAMES,
  gprByName,
  type GprName,
  type RegisterName,
} from '../../isa/registers/general';
import { CLASS_GLOSSES, GPR_GLOSSES } from '../../isa/registers/roles';
import { SEG_GLOSSES, type SegName } from '../../isa/registers/segment';
import { bitsOf, registerOf } from '../../program/x86/registers';
import { code, paragraphs } from '../markdown';
import type { Bits } from '../mode';

/** Columns of the picture for 64 bits. */
const WIDTH = 40;

/** A register's parts, each above the bits of the whole that it is: a picture in plain text. */
function picture(register: RegisterName): string {
  const parts = GPR_NAMES.filter(({ index }) => index === register.index);
  const column = (bit: number): number => Math.round(((64 - bit) * WIDTH) / 64);
  const drawn = parts.map((part) => {
    const [from, to] = [column(part.shift + part.width), column(part.shift)];
    const high = String(part.shift + part.width - 1);
    const low = String(part.shift);
    const line = '─'.repeat(Math.max(to - from - high.length - low.length, 1));
    const mark = part.name === register.name ? '◂' : ' ';
    return `${part.name.padEnd(5)}${' '.repeat(from)}${high}${line}${low} ${mark}`.trimEnd();
  });
  return ['```text', ...drawn, '```'].join('\n');
}

function general(register: RegisterName, bits: Bits): string {
  const wholeName = Object.keys(Gpr).find(
    (name) => Gpr[name as GprName] === register.index,
  ) as GprName;
  const from = String(register.shift + register.width - 1);
  const part =
    register.width === 64
      ? undefined
      : l10n.t(
          'Bits {0} to {1} of {2}.',
          from,
          String(register.shift),
          code(wholeName.toLowerCase()),
        );
  return paragraphs(
    [`**${register.name.toUpperCase()}**`, part, l10n.t(GPR_GLOSSES[wholeName])]
      .filter(Boolean)
      .join(' '),
    picture(register),
    register.width === 32 && bits === 64
      ? l10n.t(
          'In 64-bit mode a write clears the upper 32 bits of {0}.',
          code(wholeName.toLowerCase()),
        )
      : undefined,
    register.high8
      ? l10n.t(
          'Cannot be used in an instruction with a REX prefix (r8 to r15, sil, 64-bit operands).',
        )
      : undefined,
  );
}

const TABLES: Readonly<Record<string, BitTable>> = {
  cr0: CR0,
  cr3: CR3,
  cr4: CR4,
  cr8: CR8,
  dr6: DR6,
  dr7: DR7,
};

function bitList({ fields, section }: BitTable): string {
  const lines = [...fields]
    .sort((a, b) => a.low - b.low)
    .map(({ name, low, width, gloss }) => {
      const place = width === 1 ? String(low) : `${String(low + width - 1)}:${String(low)}`;
      return `| ${place} | **${name}** | ${l10n.t(gloss)} |`;
    });
  return paragraphs(['| | | |', '|--:|:--|:--|', ...lines].join('\n'), `*${section}*`);
}

/** What a register is (lower-case name); undefined when it is none. */
export function registerMarkdown(name: string, bits: Bits): string | undefined {
  const own = gprByName(name);
  if (own) return general(own, bits);
  const register = registerOf(name);
  if (register === undefined) return undefined;
  const title = `**${name.toUpperCase()}**`;
  const segment = SEG_GLOSSES[name.toUpperCase() as SegName] as string | undefined;
  if (segment !== undefined) return `${title} ${l10n.t(segment)}`;
  const gloss = CLASS_GLOSSES[name] ?? CLASS_GLOSSES[name.replace(/\d+$/, '')];
  const table = TABLES[name];
  return paragraphs(
    gloss === undefined
      ? l10n.t('{0}: a register of {1} bits.', title, String(bitsOf(register)))
      : `${title} ${l10n.t(gloss)}`,
    table && bitList(table),
  );
}
