import BERT
import Foundation

/// The folder of this room's fixtures.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")

/// A JSON text as the readers take it.
func json(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A `config.json` of a small encoder, with some keys changed; a nil takes a key away.
func configuration(_ changes: [String: Any?] = [:]) throws -> [UInt8] {
    var config: [String: Any] = [
        "model_type": "bert", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
        "intermediate_size": 16, "vocab_size": 10, "max_position_embeddings": 12, "hidden_act": "gelu",
    ]
    for (key, value) in changes { config[key] = value }
    return [UInt8](try JSONSerialization.data(withJSONObject: config))
}

/// The message of the problem that a body throws; nil where it throws none.
func problem(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return "\(error)" }
    return nil
}
