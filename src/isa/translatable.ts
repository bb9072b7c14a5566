import type { BitTable } from './bits';
import { EXCEPTIONS } from './exceptions';
import { CONDITIONAL_FAMILIES, CONDITIONS } from './instructions/conditions';
import { FLAG_ROWS } from './instructions/flags';
import { GENERAL_GLOSSES } from './instructions/glosses-general';
import { PREFIX_GLOSSES, SYSTEM_GLOSSES } from './instructions/glosses-system';
import { X87_GLOSSES } from './instructions/glosses-x87';
import { ANY_RING, PRIVILEGE_ROWS, SENSITIVE_ROWS } from './instructions/privilege';
import { SVM_INTERCEPTS } from './instructions/svm-intercepts';
import { VMX_EXITS } from './instructions/vmx-exits';
import * as ept from './ept';
import * as paging from './paging';
import { CR3_PCID, CR8, PKRU, XCR0 } from './registers/control';
import { DR6 } from './registers/debug';
import { MXCSR, X87_CONTROL, X87_STATUS } from './registers/floating-point';
import { MSRS } from './registers/msr';
import { CLASS_GLOSSES, GPR_GLOSSES } from './registers/roles';
import { SEG_GLOSSES } from './registers/segment';
import {
  CODE_DATA_TYPES,
  GATE_DESCRIPTOR,
  SEGMENT_DESCRIPTOR,
  SYSTEM_TYPES,
  SYSTEM_TYPES_64,
} from './segments';
import { EXIT_INFORMATION_TABLES } from './svm/exit-information';
import { VMCB_FIELDS } from './svm/vmcb';
import { EXIT_REASONS } from './vmx/exit-reasons';
import { VMCS_FIELDS } from './vmx/fields';
import { VM_INSTRUCTION_ERRORS, VMX_ABORTS } from './vmx/instruction-errors';
import { instructionInformationTable } from './vmx/instruction-information';
import { QUALIFICATION_TABLES } from './vmx/qualification';

/** All bit tables, each once. */
export function allBitTables(): BitTable[] {
  const tables = new Set<BitTable>([
    CR3_PCID,
    CR8,
    XCR0,
    PKRU,
    MXCSR,
    X87_CONTROL,
    X87_STATUS,
    DR6,
    SEGMENT_DESCRIPTOR,
    GATE_DESCRIPTOR,
    ...(Object.values({ ...paging, ...ept }) as unknown[]).filter(isTable),
    ...VMCS_FIELDS.flatMap((row) => row.bits ?? []),
    ...VMCB_FIELDS.flatMap((row) => row.bits ?? []),
    ...MSRS.flatMap((row) => row.bits ?? []),
    ...QUALIFICATION_TABLES,
    ...EXIT_INFORMATION_TABLES,
    ...EXIT_REASONS.flatMap((row) => instructionInformationTable(row.number) ?? []),
  ]);
  return [...tables];
}

function isTable(value: unknown): value is BitTable {
  return typeof value === 'object' && value !== null && 'fields' in value && 'section' in value;
}

/**
 * The English sentences in the tables of this layer. They are translated when shown, by
 * `l10n.t(gloss)`; a translation is complete when it has all of these. (Names of fields and registers
 * are the manual's and stay.)
 */
export function translatableGlosses(): string[] {
  const glosses = new Set<string>();
  const add = (text: string) => glosses.add(text);
  for (const { fields } of allBitTables()) {
    for (const field of fields) {
      add(field.gloss);
      Object.values(field.values ?? {}).forEach(add);
    }
  }
  EXCEPTIONS.forEach(({ name, gloss }) => [name, gloss].forEach(add));
  EXIT_REASONS.forEach(({ gloss }) => add(gloss));
  MSRS.forEach(({ gloss }) => add(gloss));
  for (const glosses of [SEG_GLOSSES, GPR_GLOSSES, CLASS_GLOSSES])
    Object.values(glosses).forEach(add);
  instructionGlosses().forEach(add);
  const lists = [CODE_DATA_TYPES, SYSTEM_TYPES, SYSTEM_TYPES_64, VM_INSTRUCTION_ERRORS, VMX_ABORTS];
  lists.flatMap((list) => Object.values(list)).forEach(add);
  return [...glosses].sort();
}

/** What there is to say about instructions. */
function instructionGlosses(): string[] {
  const paired = [
    GENERAL_GLOSSES,
    X87_GLOSSES,
    SYSTEM_GLOSSES,
    PREFIX_GLOSSES,
    CONDITIONS,
    CONDITIONAL_FAMILIES,
  ].flat();
  const rows = [
    ...PRIVILEGE_ROWS,
    ...SENSITIVE_ROWS,
    ...FLAG_ROWS,
    ...VMX_EXITS,
    ...SVM_INTERCEPTS,
  ];
  return [
    ...paired.map(([, gloss]) => gloss),
    ...rows.flatMap(({ gloss }) => gloss ?? []),
    ANY_RING,
  ];
}
