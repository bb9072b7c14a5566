import {
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { BEYOND, EXIT, PIN, PRIMARY, SECONDARY, type Mutation } from './mutation.testing';
import { WRONG_REVISION } from './valid-vmcs.testing';

/** Wrong VMCSs that use what is built on the basic controls: APIC virtualization, EPT, VM functions. */

const ACKNOWLEDGE = { VM_EXIT_CONTROLS: EXIT | ExitControl.ACKNOWLEDGE_INTERRUPT };
const secondary = (extra: number) => ({ SECONDARY_VM_EXEC_CONTROL: SECONDARY | extra });
const SHADOW = {
  CPU_BASED_VM_EXEC_CONTROL: (PRIMARY | PrimaryControl.USE_TPR_SHADOW) >>> 0,
};

/** APIC virtualization and posted interrupts. */
export const VIRTUAL_APIC: readonly Mutation[] = [
  ['controls.virtual-apic-page', { ...SHADOW, VIRTUAL_APIC_PAGE_ADDR: 1 }],
  [
    'controls.virtual-apic-page',
    {
      ...SHADOW,
      ...secondary(SecondaryControl.VIRTUALIZE_APIC_ACCESSES),
      VIRTUAL_APIC_PAGE_ADDR: BEYOND,
    },
  ],
  [
    'controls.tpr-threshold.reserved',
    { ...SHADOW, ...secondary(SecondaryControl.VIRTUALIZE_APIC_ACCESSES), TPR_THRESHOLD: 16 },
  ],
  ['controls.tpr-threshold.vtpr', { ...SHADOW, TPR_THRESHOLD: 1 }],
  ...[
    SecondaryControl.VIRTUALIZE_X2APIC_MODE,
    SecondaryControl.APIC_REGISTER_VIRTUALIZATION,
    SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY,
  ].map((control): Mutation => ['controls.apic-virtualization.tpr-shadow', secondary(control)]),
  [
    'controls.apic-access-page',
    { ...secondary(SecondaryControl.VIRTUALIZE_APIC_ACCESSES), APIC_ACCESS_ADDR: 4 },
  ],
  [
    'controls.x2apic.apic-accesses',
    {
      ...SHADOW,
      ...secondary(
        SecondaryControl.VIRTUALIZE_X2APIC_MODE | SecondaryControl.VIRTUALIZE_APIC_ACCESSES,
      ),
    },
  ],
  [
    'controls.virtual-interrupt-delivery.external-interrupts',
    {
      ...SHADOW,
      ...secondary(SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY),
      PIN_BASED_VM_EXEC_CONTROL: PIN & ~PinBasedControl.EXTERNAL_INTERRUPT_EXITING,
    },
  ],
  [
    'controls.posted-interrupts.virtual-delivery',
    { PIN_BASED_VM_EXEC_CONTROL: PIN | PinBasedControl.PROCESS_POSTED_INTERRUPTS },
  ],
  ...(
    [
      ['acknowledge', {}],
      ['vector', { ...ACKNOWLEDGE, POSTED_INTR_NV: 0x100 }],
      ['descriptor', { ...ACKNOWLEDGE, POSTED_INTR_DESC_ADDR: 0x20 }],
      ['descriptor', { ...ACKNOWLEDGE, POSTED_INTR_DESC_ADDR: BEYOND }],
    ] as const
  ).map(([id, change]): Mutation => [
    `controls.posted-interrupts.${id}`,
    {
      ...SHADOW,
      ...secondary(SecondaryControl.VIRTUAL_INTERRUPT_DELIVERY),
      PIN_BASED_VM_EXEC_CONTROL: PIN | PinBasedControl.PROCESS_POSTED_INTERRUPTS,
      ...change,
    },
  ]),
];

/** What builds on EPT. */
export const WITH_EPT: readonly Mutation[] = [
  ['controls.pml-address', { ...secondary(SecondaryControl.ENABLE_PML), PML_ADDRESS: 8 }],
  ['controls.pml-address', { ...secondary(SecondaryControl.ENABLE_PML), PML_ADDRESS: BEYOND }],
  ['controls.pml.ept', { SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_PML }],
  [
    'controls.mode-based-execute.ept',
    { SECONDARY_VM_EXEC_CONTROL: SecondaryControl.MODE_BASED_EXECUTE_CONTROL },
  ],
  ...[8, BEYOND].map((address): Mutation => [
    'controls.virtualization-exception-area',
    { ...secondary(SecondaryControl.EPT_VIOLATION_VE), VIRT_EXCEPTION_INFO_ADDR: address },
  ]),
];

/** VM functions, VMCS shadowing, TSC scaling. */
export const VM_FUNCTIONS_AND_SHADOWS: readonly Mutation[] = [
  [
    'controls.vm-functions.allowed',
    { ...secondary(SecondaryControl.ENABLE_VM_FUNCTIONS), VM_FUNCTION_CONTROL: 2 },
  ],
  [
    'controls.vm-functions.eptp-switching.ept',
    {
      SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_VM_FUNCTIONS,
      VM_FUNCTION_CONTROL: 1,
    },
  ],
  ...[1, BEYOND].map((address): Mutation => [
    'controls.vm-functions.eptp-list',
    {
      ...secondary(SecondaryControl.ENABLE_VM_FUNCTIONS),
      VM_FUNCTION_CONTROL: 1,
      EPTP_LIST_ADDRESS: address,
    },
  ]),
  ...[1, BEYOND].flatMap((address): Mutation[] => [
    [
      'controls.vmread-bitmap',
      { ...secondary(SecondaryControl.VMCS_SHADOWING), VMREAD_BITMAP: address },
    ],
    [
      'controls.vmwrite-bitmap',
      { ...secondary(SecondaryControl.VMCS_SHADOWING), VMWRITE_BITMAP: address },
    ],
  ]),
  ['controls.tsc-multiplier.not-zero', secondary(SecondaryControl.USE_TSC_SCALING)],
  [
    'guest.link-pointer.revision',
    { ...secondary(SecondaryControl.VMCS_SHADOWING), VMCS_LINK_POINTER: WRONG_REVISION },
  ],
];
