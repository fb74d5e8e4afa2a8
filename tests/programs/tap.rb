# SPDX-License-Identifier: GPL-3.0-or-later
# What the programs in Ruby share: cases that are told as TAP.
$stdout.sync = true
$cases = []

def tap_case(name, &body)
  $cases << [name, body]
end

def equal(got, wanted)
  raise "#{got.inspect}, not #{wanted.inspect}" unless got == wanted
end

def raises(kind, text)
  yield
rescue kind => error
  raise "#{error.message} does not say #{text}" unless error.message.include?(text)
else
  raise "no #{kind}"
end

def tap_run
  puts "1..#{$cases.size}"
  $cases.each_with_index do |(name, body), index|
    body.call
    puts "ok #{index + 1} - #{name}"
  rescue StandardError => error
    puts "# #{error.full_message(highlight: false).gsub("\n", "\n# ")}"
    puts "not ok #{index + 1} - #{name}"
  end
end
