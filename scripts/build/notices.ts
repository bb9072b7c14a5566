import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The notices of the packages whose code is bundled into what ships, with the texts of their licences. Which
 * packages these are, esbuild tells (its metafile lists every file that went in).
 */

/** What a package says about itself. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly homepage?: string;
  readonly repository?: string | { readonly url: string };
}

/** Licences that only ask for their text to travel along. */
const PERMISSIVE = new Set(['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0']);

const LICENCE_FILE = /^licen[cs]e(\.(md|txt))?$/i;
const NOTICES_FILE = /^third-?party-?notices(\.(md|txt))?$/i;

/** The folders of the packages that files belong to: 'node_modules/commander'. Paths count from the root. */
export function packagesOf(files: readonly string[]): string[] {
  const folders = files.flatMap(
    (file) => /^(.*node_modules\/(@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  );
  return [...new Set(folders)].sort();
}

/**
 * Those of the packages that package.json does not list under `dependencies`, nor any package there.
 *
 * @param packages as `packagesOf` gives them
 * @param lock the text of package-lock.json, which tells what is needed for development alone
 */
export function undeclared(packages: readonly string[], lock: string): string[] {
  const { packages: entries } = JSON.parse(lock) as {
    packages: Readonly<Record<string, { readonly dev?: boolean } | undefined>>;
  };
  return packages.filter((folder) => {
    const entry = entries[folder];
    return entry === undefined || entry.dev === true;
  });
}

/**
 * The text of THIRD_PARTY_NOTICES.txt.
 *
 * @param packages as `packagesOf` gives them
 * @throws Error when a licence is unknown, or its text is nowhere to be found
 */
export function notices(packages: readonly string[], root: string): string {
  const chapters = packages.map((folder) => chapter(join(root, folder)));
  return [
    'Ringside contains code of these projects, each under the licence below it.\n',
    ...chapters,
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

function chapter(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license = 'none', repository, homepage } = manifest;
  if (!PERMISSIVE.has(license)) throw new Error(`${name} has the licence ${license}`);
  const from = typeof repository === 'string' ? repository : repository?.url;
  const place = (from ?? homepage ?? '').replace(/^git\+|\.git$/g, '');
  const title = [`${name} ${version} (${license})`, place].filter(Boolean).join('\n');
  const texts = [textIn(folder, LICENCE_FILE) ?? standardText(manifest)];
  const others = textIn(folder, NOTICES_FILE);
  return `${[title, ...texts, ...(others === undefined ? [] : [others])].join('\n\n')}\n`;
}

/** The text of the file of a package that has such a name. */
function textIn(folder: string, name: RegExp): string | undefined {
  const file = readdirSync(folder).find((each) => name.test(each));
  return file === undefined
    ? undefined
    : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

/** Of a package that names its licence but brings no text. */
function standardText({ name, license, author }: Manifest): string {
  const owner = typeof author === 'string' ? author : author?.name;
  if (license !== 'MIT' || owner === undefined)
    throw new Error(`${name} brings no text of its licence`);
  return `Copyright (c) ${owner}\n\n${MIT}`;
}

const MIT = `\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
