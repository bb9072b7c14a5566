import * as l10n from '@vscode/l10n';
import { Selector, segmentTypeName } from '../../isa/segments';
import { AccessRights } from '../../isa/access-rights';
import { LDTR } from '../state/layout';
import { UNUSABLE, type CpuState } from '../state/cpu-state';
import { tableWords } from './tables';
import { hex, reason, type Reason } from './reason';

/** Selectors and descriptors (SDM 3A 3.4, chapter 5). */

/** A null selector where none may be. `where` is a register or a structure, as the manual names it. */
export const nullSelector = (where: string): Reason =>
  reason('null-selector', 'SDM 3A 5.4.1', () =>
    l10n.t('A null selector cannot be loaded into {0}.', where),
  );

/** A selector whose descriptor does not lie in its table. */
export function beyondTable(state: CpuState, selector: number): Reason {
  if (!(selector & Selector.TI)) {
    const { limit } = state.gdtr;
    const table = tableWords(state, 'gdtr');
    return reason('gdt-limit', 'SDM 3A 3.5.1', () =>
      [
        l10n.t('Selector {0} lies beyond the limit {1} of the GDT.', hex(selector), hex(limit)),
        table(),
      ].join('\n'),
    );
  }
  const ldt = state.segment(LDTR);
  const loaded = !(ldt.accessRights & UNUSABLE) && ldt.selector !== 0;
  return reason('ldt-limit', 'SDM 3A 3.5.1', () =>
    loaded
      ? l10n.t('Selector {0} lies beyond the limit {1} of the LDT.', hex(selector), hex(ldt.limit))
      : l10n.t('Selector {0} names the LDT (TI = 1), but LDTR holds none.', hex(selector)),
  );
}

/** What kinds of segments an instruction may ask for. */
export type WantedSegment =
  | 'code'
  | 'data or readable code'
  | 'writable data'
  | 'LDT'
  | 'available TSS'
  | 'busy TSS'
  | 'code or gate';

function wantedWords(wanted: WantedSegment): string {
  switch (wanted) {
    case 'code':
      return l10n.t('a code segment');
    case 'data or readable code':
      return l10n.t('a data segment or a readable code segment');
    case 'writable data':
      return l10n.t('a writable data segment');
    case 'LDT':
      return l10n.t('an LDT');
    case 'available TSS':
      return l10n.t('an available TSS');
    case 'busy TSS':
      return l10n.t('a busy TSS');
    case 'code or gate':
      return l10n.t('a code segment, a call gate or a task');
  }
}

export function wrongKind(
  selector: number,
  rights: number,
  wanted: WantedSegment,
  longMode: boolean,
): Reason {
  return reason('segment-type', 'SDM 3A 5.5', () => {
    const type = l10n.t(
      segmentTypeName(rights & AccessRights.TYPE, (rights & AccessRights.S) !== 0, longMode),
    );
    return l10n.t(
      'Selector {0} must name {1}; its descriptor is: {2}.',
      hex(selector),
      wantedWords(wanted),
      type,
    );
  });
}

/** L and D together are reserved in IA-32e mode (SDM 3A 5.2.1). */
export const bothLongAndDefault = (selector: number): Reason =>
  reason('code-segment-l-and-d', 'SDM 3A 5.2.1', () =>
    l10n.t('L and D are both 1 in the code-segment descriptor of selector {0}.', hex(selector)),
  );

export const notLongCode = (selector: number): Reason =>
  reason('code-segment-not-64-bit', 'SDM 3A 6.14.1', () =>
    l10n.t('Selector {0} must name 64-bit code (L = 1, D = 0) in IA-32e mode.', hex(selector)),
  );

export function privilegeMismatch(selector: number, dpl: number, cpl: number): Reason {
  return reason('segment-privilege', 'SDM 3A 5.6', () =>
    l10n.t(
      'The privilege levels do not allow selector {0}: DPL {1}, RPL {2}, CPL {3}.',
      hex(selector),
      dpl,
      selector & Selector.RPL,
      cpl,
    ),
  );
}

/** RET and IRET cannot lead to an inner ring. */
export const returnInward = (selector: number, cpl: number): Reason =>
  reason('return-to-inner-ring', 'SDM 3A 5.8.6', () =>
    l10n.t(
      'A return cannot lead to an inner ring: selector {0} has RPL {1}, CPL is {2}.',
      hex(selector),
      selector & Selector.RPL,
      cpl,
    ),
  );

export const segmentNotPresent = (selector: number): Reason =>
  reason('segment-not-present', 'SDM 3A 3.4.5', () =>
    l10n.t('The segment of selector {0} is not present (P = 0).', hex(selector)),
  );

export const targetBeyondLimit = (target: bigint, limit: number): Reason =>
  reason('target-limit', 'SDM 3A 5.3', () =>
    l10n.t(
      'The target {0} lies beyond the limit {1} of its code segment.',
      hex(target),
      hex(limit),
    ),
  );

/** LLDT and LTR read the GDT. */
export const notInGdt = (selector: number): Reason =>
  reason('selector-in-ldt', 'SDM 3A 3.5.1', () =>
    l10n.t('Selector {0} names the LDT (TI = 1); it must name the GDT.', hex(selector)),
  );

/** In IA-32e mode system descriptors have 16 bytes, of which the upper type is 0. */
export const badUpperHalf = (selector: number): Reason =>
  reason('descriptor-upper-half', 'SDM 3A 8.2.3', () =>
    l10n.t(
      'Bits 12:8 of the fourth doubleword of the 16-byte descriptor of selector {0} are not 0.',
      hex(selector),
    ),
  );

export const gatePrivilege = (selector: number, dpl: number, cpl: number): Reason =>
  reason('call-gate-privilege', 'SDM 3A 5.8.4', () =>
    l10n.t(
      'The call gate of selector {0} has DPL {1}: neither CPL {2} nor RPL {3} may be greater.',
      hex(selector),
      dpl,
      cpl,
      selector & Selector.RPL,
    ),
  );

export const jumpChangesRing = (selector: number, dpl: number, cpl: number): Reason =>
  reason('jump-through-gate', 'SDM 3A 5.8.4', () =>
    l10n.t(
      'A JMP cannot change the ring: the code segment {0} has DPL {1}, CPL is {2}.',
      hex(selector),
      dpl,
      cpl,
    ),
  );

export const gateNotPresent = (selector: number): Reason =>
  reason('call-gate-not-present', 'SDM 3A 5.8.3', () =>
    l10n.t('The gate of selector {0} is not present (P = 0).', hex(selector)),
  );
