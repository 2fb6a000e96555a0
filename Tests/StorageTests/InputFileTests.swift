import Foundation
import Storage
import Testing

@Suite struct InputFileTests {
    /// A store that is made is no source; what stands there already is its owner's.
    @Test func aStoreThatIsMadeHidesItself() throws {
        let folder = NSTemporaryDirectory() + "sluice-hide-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try InputFile.write(folder + "/.sluice/runs/a.txt", [1])
        let hidden = try String(contentsOfFile: folder + "/.sluice/.gitignore", encoding: .utf8)
        #expect(hidden.hasSuffix("\n*\n"))
        #expect(!FileManager.default.fileExists(atPath: folder + "/.gitignore"))
        try FileManager.default.removeItem(atPath: folder + "/.sluice/.gitignore")
        try InputFile.write(folder + "/.sluice/b.txt", [1])
        #expect(!FileManager.default.fileExists(atPath: folder + "/.sluice/.gitignore"))
    }

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
        // A pipe stands for every device: breaking this must not cost the machine one.
        try #require(mkfifo(folder + "/pipe", 0o600) == 0)
        let reader = open(folder + "/pipe", O_RDWR | O_NONBLOCK)
        defer { close(reader) }
        try InputFile.write(folder + "/pipe", Array("through".utf8))
        var got = [UInt8](repeating: 0, count: 7)
        #expect(read(reader, &got, 7) == 7 && got == Array("through".utf8))
    }
}
