import { assemble, type Assembly, type AssembleOptions, type SourceFiles } from './index';

/** A file system made of strings and bytes. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): SourceFiles {
  return {
    read: (path) => {
      const content = files[path];
      if (content === undefined) return Promise.reject(new Error(`no such file: ${path}`));
      return Promise.resolve(
        typeof content === 'string' ? new TextEncoder().encode(content) : content,
      );
    },
  };
}

/** Assembles one text as `main.asm`. */
export function assembleText(
  source: string,
  others: Readonly<Record<string, string | Uint8Array>> = {},
  options?: AssembleOptions,
): Promise<Assembly> {
  return assemble('main.asm', memoryFiles({ ...others, 'main.asm': source }), options);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Messages as `line:column severity text`. */
export function messages(assembly: Assembly): string[] {
  return assembly.diagnostics.map((d) => `${d.line}:${d.column} ${d.severity}: ${d.message}`);
}
