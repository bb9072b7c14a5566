/** What the custom views show, without any protocol: rows of a tree, and how numbers are written. */

export type ViewName =
  'registers' | 'vmcs' | 'translation' | 'tlb' | 'translationCache' | 'exits' | 'machines';
export type NumberFormat = 'hexadecimal' | 'decimal' | 'binary';

/** Where a row leads: an instruction of the guest. */
export interface RowPlace {
  readonly address: bigint;
}

/** One row of a view. */
export interface Row {
  /** The same at every stop, so that a tree keeps what is expanded and selected. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Markdown: bits decoded, manual section. */
  readonly tooltip?: string;
  /** The value differs from that at the last stop. */
  readonly changed?: boolean;
  /** The value means nothing at present. */
  readonly dimmed?: boolean;
  /** A codicon's name. */
  readonly icon?: string;
  readonly severity?: 'error' | 'warning';
  readonly children: 'none' | 'collapsed' | 'expanded';
  /** The plain value: what is copied, and what editing starts from. */
  readonly value?: string;
  /** The value as an expression of the debugger's language. */
  readonly expression?: string;
  readonly memoryReference?: string;
  /** So many bytes there are what the row shows, and the program’s instructions may write them. */
  readonly memoryBytes?: number;
  readonly editable?: boolean;
  readonly place?: RowPlace;
  /** The number of the VM exit that it tells of: a moment that can be gone to. */
  readonly exit?: number;
  /** A place in the monitor's source instead. */
  readonly site?: { readonly file: string; readonly line: number; readonly column: number };
}

export interface View {
  readonly rows: Row[];
  /** The view's title, where it is not its own: 'VMCB'. */
  readonly title?: string;
  /** Beside the view's title. */
  readonly summary?: string;
  readonly message?: string;
}

export interface ViewRequest {
  readonly view: ViewName;
  /** The side of the focused stack frame: its registers are the ones that editing means. */
  readonly focus: 'guest' | 'host';
  readonly node?: string | undefined;
  readonly format?: NumberFormat | undefined;
  readonly address?: string | undefined;
  readonly filter?: string | undefined;
  readonly groupByReason?: boolean | undefined;
  readonly changedOnly?: boolean | undefined;
}

export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** A number in the user's choice of format. */
export function formatNumber(value: bigint | number, format: NumberFormat = 'hexadecimal'): string {
  if (format === 'decimal') return value.toString(10);
  if (format === 'binary') return `0b${value.toString(2)}`;
  return hex(value);
}

/** Whether a person who filters rows by a text wants to see this one. */
export function matches({ label, description = '' }: Row, filter: string | undefined): boolean {
  return !filter || `${label} ${description}`.toLowerCase().includes(filter.toLowerCase());
}

/** A row without children. */
export function leaf(id: string, label: string, description: string, more: Partial<Row> = {}): Row {
  return { id, label, description, value: description, children: 'none', ...more };
}

export function group(id: string, label: string, expanded: boolean, more: Partial<Row> = {}): Row {
  return { id, label, children: expanded ? 'expanded' : 'collapsed', ...more };
}
