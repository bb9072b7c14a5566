import { AccessRights } from '../../isa/access-rights';
import { Field } from '../../isa/vmx/fields';
import type { Handler } from '../operation';
import { vmread } from '../operations';

const DPL = BigInt(AccessRights.DPL);

/** Whether the guest is in ring 0: the DPL of SS is the privilege level (SDM 3C 25.4.1). */
export function* isSupervisor(): Handler<boolean> {
  const rights = yield vmread(Field.GUEST_SS_AR_BYTES);
  return (rights & DPL) === 0n;
}
