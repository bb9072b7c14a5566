import type * as vscode from 'vscode';
import type * as doctor from '../doctor';
import type * as language from '../language';
import type { AdapterLink } from './background/adapter-link';

/** The language service, loaded when the first file asks for it: it brings the whole assembler. */
export type LanguageModule = Pick<typeof language, 'LanguageService' | 'speak'>;

/** What explains dumps, loaded when somebody has one. */
export type DoctorModule = Pick<
  typeof doctor,
  'diagnoseText' | 'diagnosisDocument' | 'NoDump' | 'speak'
>;

/** What differs between the extension hosts: where the debug adapter and the language service live. */
export interface Platform {
  readonly kind: 'process' | 'worker';
  loadLanguage(): Promise<LanguageModule>;
  loadDoctor(): Promise<DoctorModule>;
  createAdapter(session: vscode.DebugSession): Promise<vscode.DebugAdapterDescriptor>;
  /** An adapter that belongs to no session, and blocks nobody. */
  openAdapter(): Promise<AdapterLink>;
}
