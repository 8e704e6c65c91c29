#include "lsp/server/feature.h"

#include <algorithm>
#include <filesystem>

#include "engine/base/format.h"
#include "lsp/server/trust.h"
#include "lsp/text/uri.h"
#include "lsp/wire/progress.h"

namespace lsp::server {

using wire::Progress;

namespace {

constexpr text::Sentence untrusted = {
    "nothing was run: {path} is in no folder that you trust ({how})",
    "什么都没有运行：{path} 不在您信任的文件夹中（{how}）",
    "rien n'a été exécuté : {path} n'est dans aucun dossier auquel vous faites confiance ({how})",
    "nichts wurde ausgeführt: {path} liegt in keinem Ordner, dem Sie vertrauen ({how})"};
constexpr text::Sentence by_neovim = {":LemmaTrust trusts it", "用 :LemmaTrust 信任它",
                                      ":LemmaTrust lui accorde votre confiance",
                                      ":LemmaTrust vertraut ihm"};
constexpr text::Sentence by_others = {
    "the workspace's trust in VS Code, the command lemma.trust in other editors",
    "VS Code 用工作区信任，其他编辑器用命令 lemma.trust",
    "la confiance de l'espace de travail dans VS Code, la commande lemma.trust dans d'autres "
    "éditeurs",
    "das Vertrauen des Arbeitsbereichs in VS Code, der Befehl lemma.trust in anderen Editoren"};
constexpr text::Sentence not_open = {"the document is not open: {uri}", "文档没有打开：{uri}",
                                     "le document n'est pas ouvert : {uri}",
                                     "das Dokument ist nicht geöffnet: {uri}"};
constexpr text::Sentence change = {"lemma: {what} ({seen})", "lemma：{what}（{seen}）",
                                   "lemma : {what} ({seen})", "lemma: {what} ({seen})"};
constexpr text::Sentence unverified_change = {
    "lemma: {what} (not verified, {seen})", "lemma：{what}（未验证，{seen}）",
    "lemma : {what} (non vérifié, {seen})", "lemma: {what} (nicht geprüft, {seen})"};

}  // namespace

text::Tongue tongue_of(const Host& host) { return text::tongue_of_locale(host.client.locale); }

std::string say(const Host& host, const text::Sentence& sentence, text::Values values) {
  return text::said(sentence, tongue_of(host), values);
}

bool wanted(const wire::SpanParams& params, const std::string& kind) {
  return params.only.empty() ||
         std::any_of(params.only.begin(), params.only.end(), [&](const std::string& each) {
           return kind == each || each.empty() || kind.starts_with(each + ".");
         });
}

std::string project_folder(const Host& host, const std::string& uri) {
  const std::string path = text::path_of(uri);
  const std::string relative = text::relative_path(uri, host.folders);
  const bool in_workspace = relative.size() < path.size();
  return in_workspace ? path.substr(0, path.size() - relative.size() - 1)
                      : std::filesystem::path(path).parent_path().string();
}

std::optional<base::Status> refusal(const Host& host, const std::string& uri) {
  if (!host.documents.contains(uri)) return base::fail(say(host, not_open, {{"uri", uri}}));
  if (host.trusts(uri)) return std::nullopt;
  const std::string folder = uri.starts_with("file:") ? project_folder(host, uri) : "";
  const bool is_wide = !folder.empty() && Trust::is_wide(folder);
  const bool in_neovim = host.client.editor == "Neovim";
  const std::string how = is_wide ? say(host, wide_folder, {{"folder", folder}})
                                  : say(host, in_neovim ? by_neovim : by_others);
  host.show(wire::MessageType::warning,
            say(host, untrusted, {{"path", text::path_of(uri)}, {"how", how}}));
  return base::Done{};
}

std::string title_of_change(text::Tongue tongue, std::string_view what, std::string_view seen,
                            bool verified) {
  return text::said(verified ? change : unverified_change, tongue,
                    {{"what", std::string(what)}, {"seen", std::string(seen)}});
}

wire::CodeAction command_action(std::string title, const char* kind, const std::string& uri,
                                const char* command, std::optional<wire::Span> about) {
  wire::CodeAction action;
  action.title = std::move(title);
  action.kind = kind;
  action.uri = uri;
  action.command = command;
  action.about = about;
  return action;
}

void begin_progress(const Host& host, const std::string& token, const std::string& title) {
  if (!host.client.work_done_progress) return;
  host.ask([&](int64_t id) { return wire::create_progress(id, token); });
  host.notify(wire::progress(token, {Progress::Kind::begin, title, Progress::Cancel::yes}));
}

void report_progress(const Host& host, const std::string& token, const std::string& what) {
  if (!host.client.work_done_progress) return;
  host.notify(wire::progress(token, {Progress::Kind::report, what}));
}

void end_progress(const Host& host, const std::string& token, const std::string& how) {
  if (!host.client.work_done_progress) return;
  host.notify(wire::progress(token, {Progress::Kind::end, how}));
}

}  // namespace lsp::server
