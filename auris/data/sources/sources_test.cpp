#include "auris/data/sources/source.h"

#include <zlib.h>

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/sources/testing/ingested.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

void write_gzip(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  gzclose(file);
}

TEST(Sources, Asterisk) {
  TestFolder folder;
  folder.write("asterisk/sounds/it_IT_m_Carlo/digits/1.g722", std::string(8000, '\x55'));
  folder.write("asterisk/sounds/it_IT_m_Carlo/broken.g722", "");
  write_gzip(
      folder / "doc/asterisk-core-sounds-it/core-sounds-it.txt.gz",
      "; comment\n\ndigits/1: uno\nbeep: [un tono]\nsilence/1: x\nnowhere: perso\nbroken: rotto\nno colon\n");
  const Ingested all = ingest("asterisk", folder.path());
  ASSERT_EQ(all.clips.size(), 1u);
  const Clip& clip = all.clips.at("asterisk/it/digits/1");
  EXPECT_EQ(clip.text, "uno");
  EXPECT_EQ(clip.language, "it");
  EXPECT_EQ(clip.source, "asterisk");
  EXPECT_NEAR(clip.duration_s, 1.0, 0.01);
  EXPECT_EQ(clip.audio, (folder / "asterisk/sounds/it_IT_m_Carlo/digits/1.g722").generic_string());
  EXPECT_EQ(clip.labels.at("speaker_gender"), "male");
  EXPECT_EQ(clip.consent, Consent::kLicence);
  expect_rejected(all, {{"asterisk/it/beep", "no_speech"},
                        {"asterisk/it/silence/1", "no_speech"},
                        {"asterisk/it/nowhere", "missing_file"},
                        {"asterisk/it/broken", "unreadable"},
                        {"asterisk-core-sounds-it: no colon", "no_text"}});
}

TEST(Sources, LibriSpeech) {
  TestFolder folder;
  folder.write("SPEAKERS.TXT", "; ID | SEX\n84   | F | dev-clean | 8.02 | Christie Nowak\n");
  folder.write("dev-clean/84/121123/84-121123.trans.txt",
               "84-121123-0000 GO DO YOU HEAR\r\n84-121123-0001 BUT\n\n84-121123-0002\n");
  make_recording(folder / "dev-clean/84/121123/84-121123-0000.flac", 1.5);
  const Ingested all = ingest("librispeech", folder.path());
  ASSERT_EQ(all.clips.size(), 1u);
  const Clip& clip = all.clips.at("librispeech/84-121123-0000");
  EXPECT_EQ(clip.text, "GO DO YOU HEAR");
  EXPECT_EQ(clip.split, "dev");
  EXPECT_EQ(clip.speaker, "librispeech-84");
  EXPECT_EQ(clip.labels.at("speaker_gender"), "female");
  EXPECT_NEAR(clip.duration_s, 1.5, 1e-3);
  EXPECT_EQ(all.rejections.at("librispeech/84-121123-0001"), "missing_file");
  EXPECT_EQ(all.rejections.size(), 2u);  // and the line without a text
}

TEST(Sources, Pocketsphinx) {
  TestFolder folder;
  folder.write("transcription", "<s> he was not an ill man </s> (austen-0880)\nno name\n");
  make_recording(folder / "austen-0880.wav", 0.5);
  const Ingested all = ingest("pocketsphinx", folder.path());
  EXPECT_EQ(all.clips.at("pocketsphinx/austen-0880").text, "he was not an ill man");
  EXPECT_EQ(all.rejections.at("no name"), "no_text");
}

TEST(Sources, TuxPaint) {
  TestFolder folder;
  folder.write("animals/birds/barn_owl.txt", "A barn owl.\nfr.utf8=Une chouette.\nes.utf8=\n");
  folder.write("symbols/math/7.txt", "Seven.\nzh_tw.utf8=七。\n");
  for (const char* name :
       {"animals/birds/barn_owl", "animals/birds/barn_owl_desc_fr", "animals/birds/barn_owl_desc_es",
        "animals/birds/barn_owl_desc", "animals/birds/stray", "symbols/math/7_zh_tw", "symbols/letters/a"}) {
    make_recording(folder / (std::string(name) + ".ogg"), 0.5);
  }
  const Ingested all = ingest("tuxpaint", folder.path());
  ASSERT_EQ(all.clips.size(), 4u);
  EXPECT_EQ(all.clips.at("tuxpaint/animals/birds/barn_owl_desc").text, "A barn owl.");
  const Clip& french = all.clips.at("tuxpaint/animals/birds/barn_owl_desc_fr");
  EXPECT_EQ(french.language, "fr");
  EXPECT_EQ(french.text, "Une chouette.");
  EXPECT_EQ(french.translations.at("en"), "A barn owl.");
  const Clip& owl = all.clips.at("tuxpaint/animals/birds/barn_owl");
  EXPECT_EQ(owl.text, "");
  EXPECT_EQ(owl.labels.at("audio_captioning"), "A barn owl.");
  EXPECT_EQ(all.clips.at("tuxpaint/symbols/math/7_zh_tw").language, "zh");
  expect_rejected(all, {{"tuxpaint/animals/birds/barn_owl_desc_es", "no_text"},
                        {"tuxpaint/animals/birds/stray", "no_text"},
                        {"tuxpaint/symbols/letters/a", "no_text"}});
}

TEST(Sources, TuxPaintTellsWhoSpeaks) {
  TestFolder folder;
  folder.write("animals/owl.txt", "An owl.\nru.utf8=Сова.\nes.utf8=Un búho.\nfr.utf8=Un hibou.\n");
  folder.write("symbols/7.txt", "Seven.\nru.utf8=Семь.\n");
  for (const char* name : {"animals/owl_desc_ru", "animals/owl_desc_es", "animals/owl_desc_fr",
                           "animals/owl_ru", "symbols/7_desc_ru"}) {
    make_recording(folder / (std::string(name) + ".ogg"));
  }
  const Ingested all = ingest("tuxpaint", folder.path());
  ASSERT_EQ(all.clips.size(), 5u);
  EXPECT_EQ(all.clips.at("tuxpaint/animals/owl_desc_ru").speaker, "tuxpaint-edwin_veber");
  EXPECT_EQ(all.clips.at("tuxpaint/animals/owl_desc_ru").labels.at("speaker_gender"), "male");
  EXPECT_EQ(all.clips.at("tuxpaint/animals/owl_desc_es").labels.at("speaker_gender"), "female");
  for (const char* name : {"animals/owl_desc_fr", "animals/owl_ru", "symbols/7_desc_ru"}) {
    const Clip& clip = all.clips.at(std::string("tuxpaint/") + name);
    EXPECT_EQ(clip.speaker, "") << name;
    EXPECT_FALSE(clip.labels.contains("speaker_gender")) << name;
  }
}

TEST(Sources, Fillets) {
  TestFolder folder;
  folder.write(
      "script/city/dialogs_cs.lua",
      "dialogId(\"m-hej\", \"font_small\", \"Say \\\"hey\\\".\")\ndialogStr(\"Řekni \\\"hej\\\".\")\n"
      "dialogId(\"v-klid\", \"font_big\", \"Calm down.\")\ndialogStr(\n  \"Klid.\")\n"
      "-- dialogStr(\"Ticho.\")\n"
      "dialogId(\"krab\", \"font_crab\", \"I am dialog.\")\ndialogStr(\"Jsem dialog.\")\n"
      "dialogId(\"ticho\", \"\", \"\")\n");
  folder.write("script/city/demo_dialogs_nl.lua",
               "dialogId(\"m-hej\", \"font_small\", \"Hey.\")\ndialogStr(\"Hé.\")\n");
  folder.write("script/keys/dialogs_cs.lua", "dialogId(\"v\", \"font_big\", \"A key\")\ndialogStr(\"Klíč");
  folder.write("script/share/bore_dialogs_cs.lua",
               "dialogId(\"v-nuda\", \"font_big\", \"Boring.\")\ndialogStr(\"Nuda.\")\n");
  for (const char* name : {"city/cs/m-hej", "city/cs/v-klid", "city/cs/krab", "city/cs/ticho", "city/cs/pryč",
                           "city/en/bubbles", "city/nl/m-hej", "keys/cs/v", "share/borejokes/cs/v-nuda"}) {
    make_recording(folder / ("sound/" + std::string(name) + ".ogg"));
  }
  const Ingested all = ingest("fillets", folder.path());
  ASSERT_EQ(all.clips.size(), 6u);
  const Clip& small = all.clips.at("fillets/city/cs/m-hej");
  EXPECT_EQ(small.text, "Řekni \"hej\".");
  EXPECT_EQ(small.translations.at("en"), "Say \"hey\".");
  EXPECT_EQ(small.speaker, "fillets-cs-small-fish");
  EXPECT_EQ(small.labels.at("speaker_gender"), "female");
  const Clip& big = all.clips.at("fillets/city/cs/v-klid");
  EXPECT_EQ(big.text, "Klid.");
  EXPECT_EQ(big.labels.at("speaker_gender"), "male");
  EXPECT_EQ(all.clips.at("fillets/city/cs/krab").text, "Jsem dialog.");
  EXPECT_EQ(all.clips.at("fillets/city/cs/krab").speaker, "");
  EXPECT_EQ(all.clips.at("fillets/share/borejokes/cs/v-nuda").labels.at("speaker_gender"), "male");
  const Clip& dutch = all.clips.at("fillets/city/nl/m-hej");
  EXPECT_EQ(dutch.text, "Hé.");
  EXPECT_EQ(dutch.speaker, "fillets-nl-small-fish");
  EXPECT_FALSE(dutch.labels.contains("speaker_gender"));
  const Clip& later = all.clips.at("fillets/keys/cs/v");
  EXPECT_EQ(later.text, "Klíč\n");  // cut off
  EXPECT_EQ(later.speaker, "fillets-cs-later-big-fish");
  EXPECT_FALSE(later.labels.contains("speaker_gender"));
  expect_rejected(all, {{"fillets/city/cs/ticho", "no_text"}, {"fillets/city/cs/pryč", "no_text"}});
}

TEST(Sources, Hydrogen) {
  TestFolder folder;
  folder.write(
      "My Kit/drumkit.xml",
      "<drumkit_info><name>My Kit</name><instrumentList>"
      "<instrument><id>0</id><name>Kick &quot;22&quot;</name><layer><filename>k&amp;1.wav</filename></layer>"
      "<layer><filename>k2.wav</filename></layer></instrument>\n"
      "<instrument><filename>b.wav</filename><name>Bass Drum 2</name></instrument>"
      "<instrument><name>Ride (Custom)</name><layer><filename>r.wav</filename></layer></instrument>"
      "<instrument><name>Kick and Snare</name><layer><filename>ks.wav</filename></layer></instrument>"
      "<instrument><name>19</name></instrument>"
      "<instrument><name>Closed HH</name><filename>../h.wav</filename></instrument>"
      "<instrument><name>Kick \xE9</name><filename>\xFF.wav</filename></instrument>"
      "<instrument><name>Tom");
  folder.write("ForzeeStereo/drumkit.xml",
               "<instrument><name>Tom Low</name><filename>t.wav</filename></instrument>");
  for (const char* name :
       {"My Kit/k&1", "My Kit/k2", "My Kit/b", "My Kit/r", "My Kit/ks", "h", "ForzeeStereo/t"}) {
    make_recording(folder / (std::string(name) + ".wav"));
  }
  const Ingested all = ingest("hydrogen", folder.path());
  ASSERT_EQ(all.clips.size(), 5u);
  EXPECT_EQ(all.clips.at("hydrogen/My Kit/k&1").labels.at("instrument"), "bass drum");
  EXPECT_EQ(all.clips.at("hydrogen/My Kit/k2").labels.at("instrument"), "bass drum");
  EXPECT_EQ(all.clips.at("hydrogen/My Kit/b").labels.at("instrument"), "bass drum");
  EXPECT_EQ(all.clips.at("hydrogen/My Kit/r").labels.at("instrument"), "cymbal");
  EXPECT_EQ(all.clips.at("hydrogen/My Kit/r").split, "train");
  EXPECT_EQ(all.clips.at("hydrogen/ForzeeStereo/t").labels.at("instrument"), "tom-tom");
  EXPECT_EQ(all.clips.at("hydrogen/My Kit/r").licence, "");
  EXPECT_EQ(all.clips.at("hydrogen/ForzeeStereo/t").split, "test");
  EXPECT_EQ(all.clips.at("hydrogen/ForzeeStereo/t").licence, "GPL-2.0-only");
  expect_rejected(all, {{"hydrogen/My Kit/ks", "unknown_label"},
                        {"hydrogen/My Kit/h", "broken_path"},
                        {"hydrogen/My Kit/\uFFFD", "missing_file"}});
}

TEST(Sources, ZeroAd) {
  TestFolder folder;
  for (const char* name :
       {"greek/civ/civ_female_heal_1", "latin/civ/civ_male_what_is_it_1", "global/civ_dog_bark"}) {
    make_recording(folder / ("audio/voice/" + std::string(name) + ".ogg"));
  }
  const Ingested all = ingest("zero_ad", folder.path());
  ASSERT_EQ(all.clips.size(), 2u);
  const Clip& woman = all.clips.at("zero_ad/greek/civ/civ_female_heal_1");
  EXPECT_EQ(woman.labels.at("speaker_gender"), "female");
  EXPECT_EQ(woman.speaker, "zero_ad-greek-female");
  EXPECT_EQ(all.clips.at("zero_ad/latin/civ/civ_male_what_is_it_1").labels.at("speaker_gender"), "male");
  expect_rejected(all, {{"zero_ad/global/civ_dog_bark", "unknown_label"}});
}

// The packages that the tests install.
TEST(Sources, RealPromptsAndSentences) {
  const Ingested prompts = ingest("asterisk", source_named("asterisk").usual_path);
  std::map<std::string, int> languages;
  for (const auto& [id, clip] : prompts.clips) ++languages[clip.language];
  EXPECT_EQ(languages.size(), 5u);
  for (const auto& [language, count] : languages) EXPECT_GT(count, 450) << language;
  const Ingested sentences = ingest("pocketsphinx", source_named("pocketsphinx").usual_path);
  EXPECT_EQ(sentences.clips.size(), 5u);
  EXPECT_TRUE(sentences.rejections.empty());
  const Ingested stamps = ingest("tuxpaint", source_named("tuxpaint").usual_path);
  EXPECT_GT(stamps.clips.size(), 7000u);
  languages.clear();
  for (const auto& [id, clip] : stamps.clips) ++languages[clip.language];
  EXPECT_GT(languages["fr"], 900);
  EXPECT_GT(languages["en"], 50);
  EXPECT_GT(languages[""], 80);  // sounds
}

TEST(Sources, RefuseWhatIsNotTheirs) {
  TestFolder folder;
  for (const SourceLayout& layout : source_layouts()) {
    EXPECT_THROW(ingest(layout.name, folder / "none"), Error) << layout.name;
    if (layout.name == "tuxpaint") continue;  // any folder could hold stamps
    EXPECT_THROW(ingest(layout.name, folder.path()), Error) << layout.name;
  }
  EXPECT_THROW(source_named("librispeach"), Error);
}

TEST(Sources, EveryRejectionHasItsReason) {
  TestFolder folder;
  std::string reason;
  int clips = 0;
  const ClipSink clip = [&](const Clip&) { ++clips; };
  const RejectionSink rejected = [&](const Rejection& rejection) { reason = rejection.reason; };
  Ingest ingest("x", folder.path(), clip, rejected);
  const auto reason_of = [&](const fs::path& recording, Clip known = {}) {
    reason = "none";
    ingest.add(recording, std::move(known));
    return reason;
  };
  EXPECT_EQ(reason_of("a\\b.wav"), "broken_path");
  EXPECT_EQ(reason_of("../b.wav"), "broken_path");
  EXPECT_EQ(reason_of(std::string("a.wav\0b", 7)), "broken_path");
  EXPECT_EQ(reason_of("b.wav"), "missing_file");
  folder.write("text.wav", "no sound at all");
  EXPECT_EQ(reason_of("text.wav"), "unreadable");
  make_recording(folder / "empty.wav", 0);
  EXPECT_EQ(reason_of("empty.wav"), "no_sound");
  make_recording(folder / "a.wav");
  Clip known;
  known.labels = {{"speaker_gender", "robot"}};
  EXPECT_EQ(reason_of("a.wav", known), "unknown_label");
  known.labels = {{"vocal_sound", "cough"}};  // of vocalsound only
  EXPECT_EQ(reason_of("a.wav", known), "unknown_label");
  known.labels.clear();
  known.text = "caf\xE9";
  EXPECT_EQ(reason_of("a.wav", known), "no_utf8");
  known.text = "caf\u00E9";
  known.labels = {{"speaker_gender", "Woman"}};
  EXPECT_EQ(reason_of("a.wav", known), "none");
  EXPECT_EQ(reason_of("a.wav", known), "repeated_id");
  EXPECT_EQ(clips, 1);
}

}  // namespace
}  // namespace auris::data
