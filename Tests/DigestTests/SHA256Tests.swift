import Testing

@testable import Digest

struct SHA256Tests {
    /// Examples of FIPS 180-2, appendix B, and of NIST's CAVP short messages.
    static let vectors: [([UInt8], String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        ([0xD3], "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        (
            Array(repeating: 0x61, count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test(arguments: vectors)
    func agreesWithThePublishedVectors(bytes: [UInt8], hex: String) {
        #expect(ContentDigest(of: bytes).hex == hex)
    }

    @Test(arguments: vectors)
    func piecesGiveTheSameDigestAsTheWhole(bytes: [UInt8], hex: String) {
        var hasher = SHA256()
        for _ in 0..<2 {
            var start = 0
            var size = 1
            while start < bytes.count {
                hasher.update(Array(bytes[start..<min(start + size, bytes.count)]))
                start += size
                size = size * 3 + 1
            }
            #expect(hasher.finish().hex == hex)
        }
    }

    @Test func aDigestIsShownAndReadBack() throws {
        let digest = ContentDigest(of: "abc")
        #expect(
            digest.description == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(digest.short == "ba7816bf8f01")
        #expect(ContentDigest(digest.description) == digest)
        #expect(ContentDigest(digest.hex.uppercased()) == digest)
        #expect(digest.bytes.prefix(3) == [0xBA, 0x78, 0x16] && digest.bytes.count == 32)
        for text in ["", "sha256:", "abc", String(repeating: "g", count: 64), "md5:" + digest.hex] {
            #expect(ContentDigest(text) == nil)
        }
    }
}
