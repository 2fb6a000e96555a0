import Domain
import Foundation
import Storage
import Testing

/// Archives as Python's zipfile writes them.
@Suite struct ZipArchiveTests {
    /// Three entries: stored, deflated, empty.
    private static let sample =
        """
        UEsDBBQAAAAAAAAAIVwPNqImDQAAAA0AAAAKAAAAc3RvcmVkLnR4dGtlcHQgYXMgaXQgaXNQSwMEFAAAAAgAAAAh
        XMchGcMRAAAAkAEAABEAAABkZWVwL2RlZmxhdGVkLnR4dEtMT8zMU0jMS1FIHGUNAhYAUEsDBBQAAAAAAAAAIVwA
        AAAAAAAAAAAAAAAFAAAAZW1wdHlQSwECFAMUAAAAAAAAACFcDzaiJg0AAAANAAAACgAAAAAAAAAAAAAAgAEAAAAA
        c3RvcmVkLnR4dFBLAQIUAxQAAAAIAAAAIVzHIRnDEQAAAJABAAARAAAAAAAAAAAAAACAATUAAABkZWVwL2RlZmxh
        dGVkLnR4dFBLAQIUAxQAAAAAAAAAIVwAAAAAAAAAAAAAAAAFAAAAAAAAAAAAAACAAXUAAABlbXB0eVBLBQYAAAAA
        AwADAKoAAACYAAAAAAA=
        """

    private func bytes() throws -> [UInt8] {
        Array(try #require(Data(base64Encoded: Self.sample.replacing("\n", with: ""))))
    }

    @Test func entriesComeOutAsTheyWentIn() throws {
        let archive = try ZipArchive(try bytes(), path: "a.zip")
        #expect(archive.entries.map(\.name) == ["stored.txt", "deep/deflated.txt", "empty"])
        let texts = try archive.entries.map {
            String(decoding: try archive.read($0, limit: 1 << 20), as: UTF8.self)
        }
        #expect(texts == ["kept as it is", String(repeating: "again and ", count: 40), ""])
    }

    @Test func anEntryLargerThanTheLimitIsRefusedBeforeItIsUnpacked() throws {
        let archive = try ZipArchive(try bytes(), path: "a.zip")
        let error = #expect(throws: StoreError.self) { try archive.read(archive.entries[1], limit: 399) }
        #expect(error?.description == "a.zip: 'deep/deflated.txt' unpacks to 400 bytes, more than 399")
    }

    /// Sizes that lie: an entry gives what its directory says, or nothing.
    @Test func everyFlippedByteIsRightOrRefused() throws {
        let whole = try bytes()
        let texts = ["kept as it is", String(repeating: "again and ", count: 40), ""]
        var refused = 0
        for place in whole.indices {
            for flip in [UInt8(0xFF), 0x01, 0x80] {
                var damaged = whole
                damaged[place] ^= flip
                do throws(StoreError) {
                    let archive = try ZipArchive(damaged, path: "a.zip")
                    for entry in archive.entries {
                        let out = try archive.read(entry, limit: 1 << 16)
                        #expect(texts.contains(String(decoding: out, as: UTF8.self)))
                    }
                } catch {
                    refused += 1
                }
            }
        }
        #expect(refused > whole.count)
    }

    @Test func aCutArchiveIsRefused() throws {
        let whole = try bytes()
        for count in 0..<whole.count {
            #expect(throws: StoreError.self) { try ZipArchive(Array(whole[..<count]), path: "a.zip") }
        }
    }
}
