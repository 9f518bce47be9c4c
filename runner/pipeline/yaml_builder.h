#pragma once
#include "runner/pipeline/value.h"
#include <map>
#include <optional>
#include <yaml-cpp/eventhandler.h>

namespace ysnp::pipeline {

/// Builds a Value from the events of yaml-cpp's parser. Private to the reader.
class YamlBuilder : public YAML::EventHandler {
public:
    explicit YamlBuilder(const std::string& file);
    /// The document just read; the builder is ready for the next one.
    Value take();

    void OnDocumentStart(const YAML::Mark&) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override;
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override;

private:
    struct Frame {
        Value value;
        YAML::anchor_t anchor = 0;
        std::optional<Value> key;                       // of a map: read, its value is awaited
        std::vector<std::pair<std::string, Place>> own; // keys written in this map, not merged into it
    };

    Value at(const YAML::Mark& mark, Value::Kind kind) const;
    void open(Value value, YAML::anchor_t anchor);
    void close();
    void place(Value value, YAML::anchor_t anchor);
    void put(Frame& frame, const Value& key, Value value);
    void merge(Frame& frame, const Value& from);
    void count(std::size_t nodes, const Place& place);

    std::shared_ptr<const std::string> file_; // shared by the nodes
    std::vector<Frame> frames_;
    std::map<YAML::anchor_t, Value> anchors_;
    Value document_;
    std::size_t nodes_ = 0;
};

} // namespace ysnp::pipeline
