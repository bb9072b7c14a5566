import * as l10n from '@vscode/l10n';
import { Data, windowBase } from '../../vmm';

/** What lies in the page of data of translated code. */

const NAMES: readonly (readonly [offset: number, name: () => string])[] = [
  [Data.SPILL[0], () => l10n.t('a register of the guest’s, put away')],
  [Data.SPILL[1], () => l10n.t('a register of the guest’s, put away')],
  [Data.TARGET, () => l10n.t('the branch’s target')],
  [Data.IF, () => l10n.t('the virtual IF')],
  [Data.IOPL_LESS_IF, () => l10n.t('the virtual IOPL, less the real IF')],
  [Data.PENDING, () => l10n.t('whether an interrupt waits')],
  [Data.CR[0], () => l10n.t('the virtual {0}', 'CR0')],
  [Data.CR[2], () => l10n.t('the virtual {0}', 'CR2')],
  [Data.CR[3], () => l10n.t('the virtual {0}', 'CR3')],
  [Data.CR[4], () => l10n.t('the virtual {0}', 'CR4')],
  [Data.POPF, () => l10n.t('what POPF has to do')],
  [Data.LOOKUP, () => l10n.t('the table of targets')],
];

/** What the memory operand of a disassembled instruction means; undefined where it is the guest's. */
export function dataNamed(text: string, bits: 32 | 64): string | undefined {
  const [, sign, written] = /(-?)(0x[0-9a-f]{7,16})\b/i.exec(text) ?? [];
  if (written === undefined) return undefined;
  // A displacement of 32 bits may be written as a negative one.
  const address = BigInt.asUintN(bits, sign ? -BigInt(written) : BigInt(written));
  const offset = address - windowBase(bits);
  return NAMES.find(([at]) => BigInt(at) === offset)?.[1]();
}
