import * as l10n from '@vscode/l10n';

const NAMES: Readonly<Record<string, () => string>> = {
  number: () => l10n.t('number'),
  'truth value': () => l10n.t('truth value'),
  register: () => l10n.t('register'),
  float: () => l10n.t('float'),
  double: () => l10n.t('double'),
  'x87 number': () => l10n.t('x87 number'),
  flag: () => l10n.t('flag'),
  'control register': () => l10n.t('control register'),
  'debug register': () => l10n.t('debug register'),
  selector: () => l10n.t('selector'),
  base: () => l10n.t('base'),
  limit: () => l10n.t('limit'),
  'access rights': () => l10n.t('access rights'),
  symbol: () => l10n.t('symbol'),
  constant: () => l10n.t('constant'),
  address: () => l10n.t('address'),
  vector: () => l10n.t('vector'),
  'basic exit reason': () => l10n.t('basic exit reason'),
  'exit qualification': () => l10n.t('exit qualification'),
  'kind of trap': () => l10n.t('kind of trap'),
  'value of the trap': () => l10n.t('value of the trap'),
  'exit code': () => l10n.t('exit code'),
  'number of the VM exit': () => l10n.t('number of the VM exit'),
  'RIP at the VM exit': () => l10n.t('RIP at the VM exit'),
  'instructions retired': () => l10n.t('instructions retired'),
  'guest-physical address': () => l10n.t('guest-physical address'),
  'host-physical address': () => l10n.t('host-physical address'),
};

/** What kind of thing a value is, in the user's language; names of MSRs and VMCS fields stay. */
export function typeName(type: string): string {
  return NAMES[type]?.() ?? type;
}
