/* ELF-32: what a loader reads of it (System V ABI, chapter 4). */
#define ELF_MAGIC 0x464c457f
#define PT_LOAD 1

struct elf_header {
    u32 magic;
    u8 identification[12];
    u16 type, machine;
    u32 version, entry, program_headers, section_headers, flags;
    u16 size, program_header_size, program_header_count;
    u16 section_header_size, section_header_count, names;
};

struct program_header {
    u32 type, offset, virtual, physical, file_size, memory_size, flags, align;
};
