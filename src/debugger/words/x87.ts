import * as l10n from '@vscode/l10n';
import { clauses } from '../../isa/phrases';
import { unitRegister } from '../../isa/registers/units';
import { EXTENDED, unpack } from '../../processor/floating-point';
import type { UnitRegisters } from '../registers/unit-registers';

/** What the tag of ST(index) says, and what kind of number makes it special (SDM 1 8.1.7, table 8-3). */
export function stackRegisterKind(units: UnitRegisters, index: number): string {
  if (units.isEmpty(index)) return l10n.t('empty');
  const register = unitRegister(`st${index}`);
  const { kind, denormal } = unpack(EXTENDED, register ? units.read(register) : 0n);
  switch (kind) {
    case 'zero':
      return l10n.t('zero');
    case 'infinity':
      return clauses(l10n.t('special'), l10n.t('infinity'));
    case 'quiet':
      return clauses(l10n.t('special'), l10n.t('quiet NaN'));
    case 'signalling':
      return clauses(l10n.t('special'), l10n.t('signalling NaN'));
    case 'unsupported':
      return clauses(l10n.t('special'), l10n.t('unsupported encoding'));
    default:
      return denormal ? clauses(l10n.t('special'), l10n.t('denormal')) : l10n.t('valid');
  }
}
