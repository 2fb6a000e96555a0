import BERT
import Foundation
import Testing

@testable import Embedding

@Suite struct BadFolderTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let file: String
        /// What the file is replaced by; nil: it goes.
        let text: String?
        let says: String
        var testDescription: String { "\(file): \(says)" }
    }

    @Test(arguments: [
        Bad(file: "config.json", text: nil, says: "config.json: the file is missing"),
        Bad(file: "config.json", text: "{\"model_type\": \"mpnet\"}", says: "the architecture 'mpnet'"),
        Bad(file: "config.json", text: "{\"model_type\"", says: "config.json:1:"),
        Bad(file: "tokenizer_config.json", text: nil, says: "tokenizer_config.json: the file is missing"),
        Bad(file: "vocab.txt", text: nil, says: "vocab.txt: the file is missing"),
        Bad(
            file: "vocab.txt", text: "[PAD]\n[UNK]\n[CLS]\n[SEP]\n",
            says: "has 4 pieces, and config.json asks for 30"),
        Bad(file: "model.safetensors", text: nil, says: "model.safetensors: the file is missing"),
        Bad(file: "model.safetensors", text: "", says: "model.safetensors: is empty"),
        Bad(file: "model.safetensors", text: "short", says: "too few for a head"),
        Bad(file: "1_Pooling/config.json", text: nil, says: "1_Pooling/config.json: the file is missing"),
        Bad(file: "1_Pooling/config.json", text: "{\"pooling_mode_lasttoken\": true}", says: "'lasttoken'"),
        Bad(
            file: "modules.json", text: "[{\"type\": \"a.CLIPModel\"}]",
            says: "'a.CLIPModel' is not supported"),
        Bad(
            file: "config_sentence_transformers.json",
            text: "{\"prompts\": {\"q\": \"query: \"}, \"default_prompt_name\": \"q\"}",
            says: "the prompt 'query: '"),
    ])
    func aFolderThatCannotBeUsedSaysWhereAndWhy(bad: Bad) throws {
        let model = try TinyModel()
        defer { model.remove() }
        if let text = bad.text {
            try model.put(bad.file, text)
        } else {
            try FileManager.default.removeItem(at: model.folder.appendingPathComponent(bad.file))
        }
        let message = refusal(model.folder.path)
        #expect(
            message.hasPrefix(model.folder.path + "/" + bad.file) && message.contains(bad.says), "\(message)")
        #expect(message.contains("; "), "no way to mend it: \(message)")
    }

    @Test func weightsThatAreCutOffAreRefused() throws {
        let model = try TinyModel()
        defer { model.remove() }
        let whole = try model.read("model.safetensors")
        for size in [whole.count - 1, whole.count / 2, 100] {
            try model.put("model.safetensors", whole.prefix(size))
            #expect(refusal(model.folder.path).contains("cut off or damaged"))
        }
    }

    @Test func weightsInAFormatThatCanRunCodeAreNotRead() throws {
        let model = try TinyModel()
        defer { model.remove() }
        let files = FileManager.default
        let old = model.folder.appendingPathComponent("pytorch_model.bin")
        try files.moveItem(at: model.folder.appendingPathComponent("model.safetensors"), to: old)
        #expect(refusal(model.folder.path).contains("save the model as safetensors"))
    }

    @Test func aFolderThatIsNoneIsNamed() {
        #expect(refusal("/nowhere/at/all").hasPrefix("/nowhere/at/all: there is no such folder"))
    }

    @Test func weightsOfOtherNumbersOrShapesAreRefused() throws {
        let model = try TinyModel()
        defer { model.remove() }
        let whole = try model.read("model.safetensors")
        // Of the same length, so that the head's own length stays true.
        try model.put("model.safetensors", replacing("\"F32\"", by: "\"I32\"", in: whole))
        #expect(refusal(model.folder.path).contains("holds numbers of type I32"))
        try model.put("model.safetensors", replacing("\"F32\"", by: "\"F16\"", in: whole))
        #expect(refusal(model.folder.path).contains("and its shape needs"))
        try model.put("model.safetensors", whole + Data(repeating: 0, count: 8))
        #expect(refusal(model.folder.path).contains("its last tensor ends at byte \(whole.count)"))
        try model.put("model.safetensors", whole)
        #expect(refusal(model.folder.path).isEmpty)
    }

    private func replacing(_ old: String, by new: String, in data: Data) -> Data {
        var data = data
        while let range = data.range(of: Data(old.utf8)) { data.replaceSubrange(range, with: Data(new.utf8)) }
        return data
    }

    /// Why a folder is refused; the look without the weights' digest says the same as reading it.
    private func refusal(_ folder: String) -> String {
        func words(_ body: () throws -> Void) -> String {
            do {
                try body()
                return ""
            } catch { return "\(error)" }
        }
        let whole = words { _ = try EncoderEmbedder(folder: folder) }
        #expect(words { try EncoderEmbedder.check(folder: folder) } == whole)
        return whole
    }
}
