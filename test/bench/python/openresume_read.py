"""Reads PDFs with openresume-parser, by its rules alone: prints a line of JSON for each path in the arguments."""

import json
import sys

from openresume.parser import parse_resume_from_pdf


def entry(job):
    return {
        "title": job.get("title"),
        "company": job.get("company"),
        "start_date": job.get("start_date"),
        "end_date": job.get("end_date") or ("present" if job.get("current") else None),
        "description": job.get("description"),
    }


def found(resume):
    study = resume.get("education") or {}
    place = resume.get("location") or {}
    education = [{"degree": study.get("degree_course"), "end_date": study.get("passing_year")}]
    return {
        "personal_info": {
            "name": resume.get("full_name"),
            "email": resume.get("email"),
            "phone": resume.get("phone"),
            "links": [resume["url"]] if resume.get("url") else [],
            "summary": resume.get("summary"),
            "location": ", ".join(part for part in (place.get("city"), place.get("state")) if part),
        },
        "skills": resume.get("skills") or [],
        "experience": [entry(job) for job in (resume.get("experience") or {}).get("work_history", [])],
        "education": education if study.get("degree_course") else [],
        "languages": [],
    }


for path in sys.argv[1:]:
    answer = parse_resume_from_pdf(path)
    print(json.dumps({"path": path, "found": found(answer["resume"]) if answer.get("ok") else {}}), flush=True)
