import * as l10n from '@vscode/l10n';
import { conditionalGloss } from '../../isa/instructions/conditions';
import { flagsOf, type FlagRow } from '../../isa/instructions/flags';
import { instructionGloss } from '../../isa/instructions/glosses';
import { ANY_RING, privilegeOf, RING0_ONLY, sensitivityOf } from '../../isa/instructions/privilege';
import { svmInterceptOf } from '../../isa/instructions/svm-intercepts';
import { vendorOf, type Vendor } from '../../isa/instructions/vendors';
import { vmxExitOf, type VmxExitRow } from '../../isa/instructions/vmx-exits';
import { listed, thenSentence } from '../../isa/phrases';
import { exitReasonName } from '../../isa/vmx/exit-reasons';
import type { FlagFacts, InstructionFacts } from '../instruction-facts';
import { code, paragraphs, rows } from '../markdown';

/** One sentence about a mnemonic (lower case), in the reader's language; undefined when there is none. */
export function describeMnemonic(mnemonic: string): string | undefined {
  const own = instructionGloss(mnemonic);
  if (own !== undefined) return l10n.t(own);
  const conditional = conditionalGloss(mnemonic);
  return conditional && l10n.t(conditional.family, l10n.t(conditional.condition));
}

/** An instruction as it stands in the source. */
export interface InstructionUse {
  readonly mnemonic: string;
  /** As `operandKeys` gives them. */
  readonly operands: readonly string[];
  readonly facts: InstructionFacts | undefined;
  /** Where it lies, when it has been assembled. */
  readonly address: bigint | undefined;
}

/** What there is to know about an instruction. */
export function instructionMarkdown(use: InstructionUse): string {
  const { mnemonic, operands, facts } = use;
  const vmx = vmxExitOf(mnemonic, operands);
  const svm = svmInterceptOf(mnemonic, operands);
  const privilege = privilegeOf(mnemonic, operands);
  const flags = flagsOf(mnemonic, operands);
  const sources = [flags, privilege, vmx, svm].flatMap((row) => row?.section ?? []);
  return paragraphs(
    `**${mnemonic.toUpperCase()}** ${describeMnemonic(mnemonic) ?? featureLine(facts)}`,
    rows([
      [l10n.t('Form'), formLine(use)],
      [l10n.t('Registers'), registerLine(facts)],
      [l10n.t('Flags'), facts && flagLine(facts.flags, flags)],
      [l10n.t('Privilege'), privilegeLine(use)],
      [l10n.t('Sensitive'), sensitiveLine(use)],
      [
        'VT-x',
        exists(facts, 'Intel') ? vmxLine(vmx) : l10n.t('not on Intel processors: raises #UD'),
      ],
      ['SVM', exists(facts, 'AMD') ? svmLine(use) : l10n.t('not on AMD processors: raises #UD')],
    ]),
    sources.length > 0 ? `*${[...new Set(sources)].join(' · ')}*` : undefined,
  );
}

/** Whether this vendor’s processors have the instruction: no part of it belongs to another’s alone. */
const exists = (facts: InstructionFacts | undefined, vendor: Vendor): boolean =>
  facts?.features.every((feature) => (vendorOf(feature) ?? vendor) === vendor) ?? true;

/** For the many instructions without a sentence of their own: what they belong to. */
export function featureLine(facts: Pick<InstructionFacts, 'features'> | undefined): string {
  const names = (facts?.features ?? []).filter((f) => !/^(INTEL\d|X64)/.test(f));
  return names.length === 0
    ? l10n.t('An instruction.')
    : l10n.t('An instruction of {0}.', listed(names));
}

const hexBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0').toUpperCase()).join(' ');

function formLine({ facts, address }: InstructionUse): string | undefined {
  if (!facts) return undefined;
  if (!facts.bytes) return code(facts.form);
  const place =
    address === undefined ? '' : ` ${l10n.t('at {0}', code(`0x${address.toString(16)}`))}`;
  return `${code(facts.form)} → ${code(hexBytes(facts.bytes))}${place}`;
}

function registerLine(facts: InstructionFacts | undefined): string | undefined {
  if (!facts) return undefined;
  const list = (names: readonly string[]): string => listed([...new Set(names)]);
  const parts = [];
  if (facts.reads.length > 0) parts.push(l10n.t('also reads {0}', list(facts.reads)));
  if (facts.writes.length > 0) parts.push(l10n.t('also writes {0}', list(facts.writes)));
  return parts.join(' · ');
}

function flagLine(flags: FlagFacts, more: FlagRow | undefined): string {
  const part = (names: readonly string[], text: (list: string) => string): string[] =>
    names.length === 0 ? [] : [text(names.join(' '))];
  const parts = [
    ...part(flags.read, (list) => l10n.t('reads {0}', list)),
    ...part(flags.written, (list) => l10n.t('by the result: {0}', list)),
    ...part(flags.cleared, (list) => l10n.t('clears {0}', list)),
    ...part(flags.set, (list) => l10n.t('sets {0}', list)),
    ...part(flags.undefined, (list) => l10n.t('undefined: {0}', list)),
    ...(more ? [l10n.t(more.gloss)] : []),
  ];
  return parts.length === 0 ? l10n.t('untouched') : parts.join(' · ');
}

function privilegeLine({ mnemonic, operands, facts }: InstructionUse): string {
  const row = privilegeOf(mnemonic, operands);
  const ring3 = row?.ring3 ?? (facts?.ring0 ? 'no' : 'yes');
  const mark = { no: '$(lock) ', depends: '$(key) ', yes: '' }[ring3];
  return `${mark}${l10n.t(row?.gloss ?? (ring3 === 'no' ? RING0_ONLY : ANY_RING))}`;
}

function sensitiveLine({ mnemonic, operands }: InstructionUse): string | undefined {
  const row = sensitivityOf(mnemonic, operands);
  return row && l10n.t('Yes, though not privileged: {0}', l10n.t(row.gloss));
}

function vmxLine(row: VmxExitRow | undefined): string {
  if (!row) return l10n.t('does not exit');
  const gloss = row.gloss === undefined ? '' : l10n.t(row.gloss);
  const exit =
    row.reason === undefined
      ? ''
      : l10n.t('exit {0}: {1}', String(row.reason), exitReasonName(row.reason));
  switch (row.when) {
    case 'always':
      return l10n.t('**always exits** ({0})', exit);
    case 'control':
      return thenSentence(
        l10n.t('exits by “{0}” ({1})', row.control?.field.name ?? '', exit),
        gloss,
      );
    case 'condition':
      return thenSentence(l10n.t('may exit ({0})', exit), gloss);
    case 'never':
      return gloss;
  }
}

function svmLine({ mnemonic, operands }: InstructionUse): string {
  const row = svmInterceptOf(mnemonic, operands);
  if (!row) return l10n.t('does not exit');
  const hex = (n: number): string => `${n.toString(16).toUpperCase().padStart(3, '0')}h`;
  const gloss = row.gloss === undefined ? '' : l10n.t(row.gloss);
  if (!row.vector)
    return thenSentence(
      l10n.t('**always exits** ({0})', l10n.t('exit code {0}', hex(row.exitCode))),
      gloss,
    );
  const where = `VMCB ${hex(row.vector.offset)} ${l10n.t('bit {0}', String(row.vector.bit))}`;
  return thenSentence(
    l10n.t('exits by intercept {0} ({1}; exit code {2})', row.name, where, hex(row.exitCode)),
    gloss,
  );
}
