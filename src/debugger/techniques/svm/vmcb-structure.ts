import * as l10n from '@vscode/l10n';
import { vmcbField } from '../../../isa/svm/vmcb';
import type { Processor } from '../../../processor/processor';
import { failuresOf } from '../../../processor/svm/vmrun-failures';
import type { Vmcb } from '../../../processor/svm/vmcb';
import type { Row, ViewRequest } from '../../views/row';
import type { ControlStructure, StructureField } from '../technique';
import { vmcbRows } from './vmcb-rows';
import { SHOWN_FIELDS, type FieldRow, type VmcbView } from './vmcb-view';

/** What is known of a VMCB beside its page. */
export interface VmcbSurroundings {
  /** Whether the guest runs: its state is not in the VMCB then. */
  readonly inGuest: boolean;
  /** Whether a guest has run by it. */
  readonly hasRun: boolean;
}

/** A VMCB, read from its page of host-physical memory. */
export class VmcbStructure implements ControlStructure {
  readonly name = 'VMCB';
  readonly title = l10n.t('VMCB');
  private readonly view: VmcbView;

  constructor(
    { svm, state }: Processor,
    private readonly vmcb: Vmcb,
    { inGuest, hasRun }: VmcbSurroundings,
  ) {
    this.view = {
      vmcb,
      hasRun,
      failures: hasRun ? svm.entryFailures : [],
      nextVmrun: () => (inGuest ? undefined : failuresOf(vmcb, svm.capabilities, state.paging)),
    };
  }

  capture(): Map<string, bigint> {
    return new Map(SHOWN_FIELDS.map(({ id }) => [id, this.vmcb.read(id)]));
  }

  rows(
    request: ViewRequest,
    changedSince: (key: string) => boolean,
    before: (key: string) => bigint | undefined,
  ): Row[] {
    return vmcbRows(this.view, request, { changed: changedSince, before });
  }

  edit(request: ViewRequest, value: bigint): void {
    const id = (request.node ?? '').split('/')[1];
    const field = id === undefined ? undefined : this.field(id);
    if (!field) throw new RangeError(l10n.t('this row cannot be edited'));
    field.write(value);
  }

  field(name: string): StructureField | undefined {
    const row = vmcbField(name);
    return row && this.fieldOf(row);
  }

  get fields(): readonly StructureField[] {
    return SHOWN_FIELDS.map((row) => this.fieldOf(row));
  }

  /** Stores of a program are no operations. */
  touched(): readonly StructureField[] {
    return [];
  }

  private fieldOf({ id, name, width, bits }: FieldRow): StructureField {
    return {
      id,
      name,
      width,
      ...(bits && { bits }),
      read: () => this.vmcb.read(id),
      write: (value) => {
        this.vmcb.write(id, BigInt.asUintN(width, value));
      },
    };
  }
}
