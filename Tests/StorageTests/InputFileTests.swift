import Foundation
import Storage
import Testing

@Suite struct InputFileTests {
    /// A device or a link is written through, never replaced by a file.
    @Test func whatIsNoPlainFileStaysWhatItIs() throws {
        let folder = NSTemporaryDirectory() + "sluice-output-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try InputFile.write(folder + "/real.txt", Array("old".utf8))
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link.txt", withDestinationPath: folder + "/real.txt")
        try InputFile.write(folder + "/link.txt", Array("new".utf8))
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link.txt").hasSuffix(
                "real.txt"))
        #expect(try InputFile.read(folder + "/real.txt") == Array("new".utf8))
        try InputFile.write("/dev/null", Array("gone".utf8))
        let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(kind == .typeCharacterSpecial)
    }
}
