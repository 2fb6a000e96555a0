import Testing

@testable import Digest

struct XXHashTests {
    struct Vector: Sendable {
        let text: String
        let xxh64: UInt64
        let xxh64Seeded: UInt64
        let xxh3: UInt64
        let xxh3Seeded: UInt64
    }

    /// Computed with the Python package xxhash 4.1.0 (xxHash 0.8.4); the seed is 2654435761, as in
    /// xxHash's own sanity check, whose values for the empty text are the first row.
    @Test(arguments: [
        Vector(
            text: "", xxh64: 0xEF46_DB37_51D8_E999, xxh64Seeded: 0xAC75_FDA2_929B_17EF,
            xxh3: 0x2D06_8005_38D3_94C2, xxh3Seeded: 0xF702_CA38_14DE_2125),
        Vector(
            text: "a", xxh64: 0xD24E_C4F1_A98C_6E5B, xxh64Seeded: 0x393D_A8B7_8992_279B,
            xxh3: 0xE6C6_32B6_1E96_4E1F, xxh3Seeded: 0x2836_7B03_BB04_2098),
        Vector(
            text: "abc", xxh64: 0x44BC_2CF5_AD77_0999, xxh64Seeded: 0x1318_DF30_094A_85FD,
            xxh3: 0x78AF_5F94_892F_3950, xxh3Seeded: 0x0582_3D71_D740_ED4F),
        Vector(
            text: "Nobody inspects the spammish repetition", xxh64: 0xFBCE_A83C_8A37_8BF1,
            xxh64Seeded: 0x56DB_22DD_5B05_1147, xxh3: 0x6CB0_0603_B5CC_47E9, xxh3Seeded: 0xAFEE_2381_3B16_EE1E
        ),
        Vector(
            text: String(repeating: "x", count: 1000), xxh64: 0x4CB9_A3B6_9CB7_00E1,
            xxh64Seeded: 0x488F_A5C5_26BB_9ABC, xxh3: 0xC0A4_877B_962C_BA82, xxh3Seeded: 0xC06A_248E_94E3_5B8F
        ),
    ])
    func agreesWithTheReferenceImplementation(vector: Vector) {
        let seed: UInt64 = 2_654_435_761
        #expect(XXHash.xxh64(vector.text) == vector.xxh64)
        #expect(XXHash.xxh64(vector.text, seed: seed) == vector.xxh64Seeded)
        #expect(XXHash.xxh3(vector.text) == vector.xxh3)
        #expect(XXHash.xxh3(vector.text, seed: seed) == vector.xxh3Seeded)
        #expect(XXHash.xxh3(Array(vector.text.utf8)) == vector.xxh3)
        #expect(XXHash.xxh64(Array(vector.text.utf8)) == vector.xxh64)
    }
}
