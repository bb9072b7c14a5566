import * as l10n from '@vscode/l10n';
import { SEG_NAMES } from '../../isa/registers/segment';
import type { SegmentRegister } from '../state/cpu-state';
import { hex, reason, type Reason } from './reason';

/** What an access to memory can offend before it is translated (SDM 3A 5.3; 1 3.3.7.1). */

/** The conditions that decide about an access through a segment register. */
export interface SegmentAccess {
  /** Number of the register: 0 = ES to 5 = GS. */
  readonly index: number;
  readonly register: SegmentRegister;
  readonly usable: boolean;
  readonly offset: bigint;
  readonly bytes: number;
  readonly write: boolean;
  /** Whether the segment's type allows the access at all. */
  readonly typeAllows: boolean;
}

export function segmentDenied(access: SegmentAccess): Reason {
  const name = SEG_NAMES[access.index] ?? '';
  const { register, offset, bytes, write } = access;
  if (!access.usable) {
    return reason('segment-unusable', 'SDM 3A 5.4.1', () =>
      l10n.t('{0} holds a null selector: no memory can be reached through it.', name),
    );
  }
  if (!access.typeAllows) {
    return reason(write ? 'segment-not-writable' : 'segment-not-readable', 'SDM 3A 5.5', () =>
      write
        ? l10n.t('The segment in {0} (selector {1}) is not writable.', name, hex(register.selector))
        : l10n.t(
            'The segment in {0} (selector {1}) is not readable.',
            name,
            hex(register.selector),
          ),
    );
  }
  return reason('segment-limit', 'SDM 3A 5.3', () =>
    l10n.t(
      '{0} bytes at offset {1} are not within the limit {2} of {3}.',
      bytes,
      hex(offset),
      hex(register.limit),
      name,
    ),
  );
}

export const notCanonical = (what: string, address: bigint): Reason =>
  reason('not-canonical', 'SDM 1 3.3.7.1', () =>
    l10n.t('{0} is not canonical: {1}.', what, hex(address)),
  );

export const addressNotCanonical = (linear: bigint): Reason =>
  reason('not-canonical', 'SDM 1 3.3.7.1', () =>
    l10n.t('The linear address {0} is not canonical.', hex(linear)),
  );

export const misaligned = (linear: bigint, bytes: number): Reason =>
  reason('alignment', 'SDM 3A 6.15', () =>
    l10n.t(
      'CR0.AM and RFLAGS.AC are 1 in ring 3, and {0} is not aligned to {1} bytes.',
      hex(linear),
      bytes,
    ),
  );

export const operandMisaligned = (linear: bigint, bytes: number): Reason =>
  reason('operand-alignment', 'SDM 2A 3.1.1.16', () =>
    l10n.t(
      'The instruction wants its operand aligned to {1} bytes; it lies at {0}.',
      hex(linear),
      bytes,
    ),
  );

export const fetchBeyondLimit = (rip: bigint, limit: bigint): Reason =>
  reason('fetch-limit', 'SDM 3A 5.3', () =>
    l10n.t(
      'The instruction at offset {0} does not lie within the limit {1} of CS.',
      hex(rip),
      hex(limit),
    ),
  );

export const tooLong = (): Reason =>
  reason('instruction-length', 'SDM 3A 6.15', () =>
    l10n.t('The instruction, with its prefixes, is longer than 15 bytes.'),
  );
