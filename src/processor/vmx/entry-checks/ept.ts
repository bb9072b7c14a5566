import * as l10n from '@vscode/l10n';
import { Eptp, EPTP_RESERVED, EptWalkLength } from '../../../isa/ept';
import { MemoryType } from '../../../isa/memory-types';
import { EptVpidCap } from '../../../isa/vmx/capabilities';
import { SecondaryControl, TertiaryControl, VmFunctionControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { checks, rule } from './rule';
import { addressRule, holdsPhysical } from './values';
import type { EntryView } from './view';

const ept = (v: EntryView) => v.secondary(SecondaryControl.ENABLE_EPT);
const capable = (v: EntryView, mask: bigint) => (v.capabilities.eptVpid & mask) !== 0n;
const eptp = (v: EntryView, mask: bigint) => v.field(Field.EPT_POINTER) & mask;

/** A rule about the EPT pointer, in force only with "Enable EPT". */
function eptpRule(id: string, ok: (v: EntryView) => boolean, allowed: (v: EntryView) => string) {
  return rule(`eptp.${id}`, Field.EPT_POINTER, (v) => !ept(v) || ok(v), allowed);
}

/** A control that needs EPT. */
function needsEpt(id: string, control: number, name: string) {
  return rule(
    `${id}.ept`,
    Field.SECONDARY_VM_EXEC_CONTROL,
    (v) => ept(v) || !v.secondary(control),
    () => l10n.t('"{0}" only with "Enable EPT"', name),
  );
}

function memoryTypeSupported(v: EntryView): boolean {
  const type = Number(eptp(v, Eptp.MT));
  if (type === MemoryType.UC) return capable(v, EptVpidCap.TYPE_UC);
  return type === MemoryType.WB && capable(v, EptVpidCap.TYPE_WB);
}

function walkLengthSupported(v: EntryView): boolean {
  const length = eptp(v, Eptp.WALK_LENGTH);
  if (length === EptWalkLength.LEVELS_4) return capable(v, EptVpidCap.LEVELS_4);
  return length === EptWalkLength.LEVELS_5 && capable(v, EptVpidCap.LEVELS_5);
}

const vmFunctions = (v: EntryView) => v.secondary(SecondaryControl.ENABLE_VM_FUNCTIONS);
const eptpSwitching = (v: EntryView) =>
  vmFunctions(v) && v.bits(Field.VM_FUNCTION_CONTROL, VmFunctionControl.EPTP_SWITCHING);

/** EPT and what builds on it (SDM 3C 27.2.1.1). */
export const EPT_CHECKS = checks('controls', 'SDM 3C 27.2.1.1', [
  eptpRule('memory-type', memoryTypeSupported, () =>
    l10n.t('memory type 0 (UC) or 6 (WB), as IA32_VMX_EPT_VPID_CAP allows'),
  ),
  eptpRule('walk-length', walkLengthSupported, (v) =>
    capable(v, EptVpidCap.LEVELS_5)
      ? l10n.t('bits 5:3 = 3 (4 levels) or 4 (5 levels)')
      : l10n.t('bits 5:3 = 3 (4 levels)'),
  ),
  eptpRule(
    'accessed-dirty',
    (v) => capable(v, EptVpidCap.AD) || eptp(v, Eptp.AD) === 0n,
    () => l10n.t('bit 6 zero: no accessed and dirty flags on this processor'),
  ),
  eptpRule(
    'shadow-stack',
    (v) => capable(v, EptVpidCap.SSS) || eptp(v, Eptp.SSS) === 0n,
    () => l10n.t('bit 7 zero: no supervisor shadow-stack control on this processor'),
  ),
  eptpRule(
    'reserved',
    (v) => eptp(v, EPTP_RESERVED) === 0n && holdsPhysical(v, Field.EPT_POINTER),
    (v) =>
      l10n.t('bits 11:8 zero and none beyond bit {0}', v.capabilities.physicalAddressWidth - 1),
  ),
  needsEpt('unrestricted-guest', SecondaryControl.UNRESTRICTED_GUEST, 'Unrestricted guest'),
  needsEpt('pml', SecondaryControl.ENABLE_PML, 'Enable PML'),
  needsEpt(
    'mode-based-execute',
    SecondaryControl.MODE_BASED_EXECUTE_CONTROL,
    'Mode-based execute control for EPT',
  ),
  needsEpt(
    'sub-page',
    SecondaryControl.SUB_PAGE_WRITE_PERMISSIONS,
    'Sub-page write permissions for EPT',
  ),
  needsEpt(
    'pt-guest-physical',
    SecondaryControl.PT_USES_GUEST_PHYSICAL,
    'Intel PT uses guest physical addresses',
  ),
  rule(
    'tertiary.ept',
    [Field.TERTIARY_VM_EXEC_CONTROL, Field.SECONDARY_VM_EXEC_CONTROL],
    (v) =>
      ept(v) ||
      !v.tertiary(
        TertiaryControl.ENABLE_HLAT |
          TertiaryControl.EPT_PAGING_WRITE |
          TertiaryControl.GUEST_PAGING_VERIFICATION,
      ),
    () =>
      l10n.t(
        '"Enable HLAT", "EPT paging-write control" and "Guest-paging verification" only with "Enable EPT"',
      ),
  ),
  addressRule('pml-address', Field.PML_ADDRESS, (v) => v.secondary(SecondaryControl.ENABLE_PML)),
  addressRule('sub-page-table', Field.SPP_TABLE_POINTER, (v) =>
    v.secondary(SecondaryControl.SUB_PAGE_WRITE_PERMISSIONS),
  ),
  addressRule('virtualization-exception-area', Field.VIRT_EXCEPTION_INFO_ADDR, (v) =>
    v.secondary(SecondaryControl.EPT_VIOLATION_VE),
  ),
  rule(
    'vm-functions.eptp-switching.ept',
    [Field.VM_FUNCTION_CONTROL, Field.SECONDARY_VM_EXEC_CONTROL],
    (v) => !eptpSwitching(v) || ept(v),
    () => l10n.t('"EPTP switching" only with "Enable EPT"'),
  ),
  addressRule('vm-functions.eptp-list', Field.EPTP_LIST_ADDRESS, eptpSwitching),
]);
