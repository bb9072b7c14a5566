import * as l10n from '@vscode/l10n';
import { PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { Processor } from '../../../processor/processor';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import type { TlbTags } from '../technique';

/** The tags of translations under VT-x (SDM 3C 29.1): VPID 0 is that of VMX root operation. */
export function vpids({ spaces }: Processor, vmcs: Vmcs | undefined): TlbTags {
  const { tag, root } = spaces.guest;
  const wanted = vmcs && spaceOf(vmcs);
  return {
    host: 'VPID 0',
    guest: tag === 0 ? l10n.t('no VPID') : `VPID ${String(tag)}`,
    ofThisGuest: wanted?.tag === tag && wanted.root === root,
  };
}

/** Under which VPID and EPT a VM entry would have the guest. */
function spaceOf(vmcs: Vmcs): { tag: number; root: bigint } {
  const primary = vmcs.readNumber(Field.CPU_BASED_VM_EXEC_CONTROL);
  const active = (primary & PrimaryControl.ACTIVATE_SECONDARY_CONTROLS) !== 0;
  const secondary = active ? vmcs.readNumber(Field.SECONDARY_VM_EXEC_CONTROL) : 0;
  return {
    tag: secondary & SecondaryControl.ENABLE_VPID ? vmcs.readNumber(Field.VIRTUAL_PROCESSOR_ID) : 0,
    root: secondary & SecondaryControl.ENABLE_EPT ? vmcs.read(Field.EPT_POINTER) : 0n,
  };
}
