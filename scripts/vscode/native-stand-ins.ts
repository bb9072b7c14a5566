import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installed without a compiler, the server lacks two native modules that it would miss loudly: the
 * log writer and the watchdog over its parent process. Neither matters in a run of minutes.
 */
const STAND_INS: Record<string, string> = {
  '@vscode/spdlog': `
class Logger {
  trace() {} debug() {} info() {} warn() {} error() {} critical() {}
  setLevel() {} getLevel() { return 2; } setPattern() {} clearFormatters() {}
  flush() {} drop() {}
}
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = async () => new Logger();
exports.createAsyncRotatingLogger = async () => new Logger();
`,
  '@vscode/native-watchdog': `
exports.start = () => {};
exports.exit = (code) => process.exit(code || 0);
`,
};

export function standInForNativeModules(modules: string): void {
  for (const [name, text] of Object.entries(STAND_INS)) {
    writeFileSync(join(modules, name, 'index.js'), text);
  }
}
