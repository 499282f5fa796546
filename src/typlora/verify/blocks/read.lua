-- Reads a JSON array of LaTeX strings from standard input; writes one line of JSON for each: the parsed
-- document and what pandoc did not understand (raw), or the error.
local units = pandoc.json.decode(io.read("a"), false)

-- An environment that pandoc does not know is one piece of raw text: look at what stands inside it, too.
local function unread(text, found, depth)
  local ok, doc = pcall(pandoc.read, text, "latex+raw_tex")
  if not ok or depth > 8 then
    found[#found + 1] = text
    return found
  end
  local note = function(raw)
    if raw.format ~= "latex" and raw.format ~= "tex" then return end
    local name, inner = raw.text:match("^%s*\\begin{([^}]*)}(.*)\\end{[^}]*}%s*$")
    if name then
      found[#found + 1] = "\\begin{" .. name .. "}"
      unread(inner, found, depth + 1)
    else
      found[#found + 1] = raw.text
    end
  end
  -- What pandoc read as a citation carries its LaTeX as a fallback: not unread.
  doc:walk({ traverse = "topdown", Cite = function(cite) return cite, false end, RawInline = note, RawBlock = note })
  return found
end

for _, text in ipairs(units) do
  local ok, doc = pcall(pandoc.read, text, "latex")
  if ok then
    print(pandoc.json.encode({ raw = unread(text, {}, 0), doc = pandoc.write(doc, "json") }))
  else
    print(pandoc.json.encode({ error = tostring(doc) }))
  end
end
