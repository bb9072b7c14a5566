/* boot_info.c: what a loader tells by Multiboot 1 (specification 0.6.96) or 2 (2.0). */

#include "kernel.h"

struct boot_info boot_info;

const char *find(const char *text, const char *word)
{
    for (; *text; text++) {
        u32 at = 0;
        while (word[at] && text[at] == word[at])
            at++;
        if (!word[at])
            return text + at;
    }
    return 0;
}

static void add_range(u64 base, u64 length, u32 kind)
{
    boot_info.ranges++;
    if (kind != 1)
        return;
    boot_info.low_usable |= base == 0 && length >= 0x90000;
    boot_info.high_usable |= base == 0x100000 && length >= 0xf00000; /* 16 MBytes in all */
}

static void add_module(u32 start, u32 end)
{
    if (boot_info.modules++ > 0)
        return;
    boot_info.module = VIRTUAL(start);
    boot_info.module_size = end - start;
}

/* ---------------------------------------------------------------- Multiboot 1 */

struct information {
    u32 flags, memory_lower, memory_upper, boot_device, command_line;
    u32 module_count, modules, symbols[4];
    u32 map_length, map, drives_length, drives, configuration, loader;
};
struct module {
    u32 start, end, string, reserved;
};
struct range {
    u32 size; /* of what follows */
    u64 base, length;
    u32 kind;
} __attribute__((packed));

static void read_information(const struct information *information)
{
    if (information->flags & 1 << 2)
        boot_info.command_line = VIRTUAL(information->command_line);
    if (information->flags & 1 << 3) {
        const struct module *module = VIRTUAL(information->modules);
        for (u32 left = information->module_count; left > 0; left--, module++)
            add_module(module->start, module->end);
    }
    if (information->flags & 1 << 6) {
        const u8 *at = VIRTUAL(information->map), *end = at + information->map_length;
        for (const struct range *range; at < end; at += range->size + 4) {
            range = (const struct range *)at;
            add_range(range->base, range->length, range->kind);
        }
    }
    if (information->flags & 1 << 9)
        boot_info.loader = VIRTUAL(information->loader);
}

/* ---------------------------------------------------------------- Multiboot 2 */

enum { TAG_END, TAG_COMMAND_LINE, TAG_LOADER, TAG_MODULE, TAG_MEMORY_MAP = 6 };

static void read_tags(const u32 *information)
{
    const u32 *tag = information + 2;
    while (tag[0] != TAG_END) {
        switch (tag[0]) {
        case TAG_COMMAND_LINE:
            boot_info.command_line = (const char *)(tag + 2);
            break;
        case TAG_LOADER:
            boot_info.loader = (const char *)(tag + 2);
            break;
        case TAG_MODULE:
            add_module(tag[2], tag[3]);
            break;
        case TAG_MEMORY_MAP:
            for (u32 at = 16; at < tag[1]; at += tag[2]) {
                const u64 *range = (const u64 *)((const u8 *)tag + at);
                add_range(range[0], range[1], (u32)range[2]);
            }
            break;
        }
        tag += (tag[1] + 7) / 8 * 2;
    }
}

void boot_info_read(u32 magic, u32 information)
{
    boot_info.loader = boot_info.command_line = "";
    if (magic == 0x2badb002)
        read_information(VIRTUAL(information));
    else if (magic == 0x36d76289)
        read_tags(VIRTUAL(information));
    else
        panic("not started by a Multiboot loader");
}
