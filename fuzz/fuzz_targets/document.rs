#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| runbookc_fuzz::document(text));
